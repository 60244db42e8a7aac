gn_test(hash_many ${CMAKE_CURRENT_LIST_DIR}/hash_many_test.c)
