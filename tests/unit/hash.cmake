gn_test(hash_blake3 ${CMAKE_CURRENT_LIST_DIR}/hash_blake3_test.c)
gn_test(hash_channel ${CMAKE_CURRENT_LIST_DIR}/hash_channel_test.c)
gn_test(hash_many ${CMAKE_CURRENT_LIST_DIR}/hash_many_test.c)
gn_test(hash_transcript ${CMAKE_CURRENT_LIST_DIR}/hash_transcript_test.c)
