gn_test(pcs_merkle ${CMAKE_CURRENT_LIST_DIR}/pcs_merkle_test.c)
