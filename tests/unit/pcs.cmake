gn_test(pcs_merkle ${CMAKE_CURRENT_LIST_DIR}/pcs_merkle_test.c)
gn_test(pcs_whir ${CMAKE_CURRENT_LIST_DIR}/pcs_whir_test.c)
gn_test(pcs_whir_reject ${CMAKE_CURRENT_LIST_DIR}/pcs_whir_reject_test.c)
