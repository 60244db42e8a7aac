gn_test(base_memory ${CMAKE_CURRENT_LIST_DIR}/base_memory_test.c)
gn_test(base_pool ${CMAKE_CURRENT_LIST_DIR}/base_pool_test.c)
gn_test(base_sha256 ${CMAKE_CURRENT_LIST_DIR}/base_sha256_test.c)
gn_test(base_keccak ${CMAKE_CURRENT_LIST_DIR}/base_keccak_test.c)
