gn_test(base_memory ${CMAKE_CURRENT_LIST_DIR}/base_memory_test.c)
gn_test(base_pool ${CMAKE_CURRENT_LIST_DIR}/base_pool_test.c)
gn_test(base_digest ${CMAKE_CURRENT_LIST_DIR}/base_digest_test.c)
