gn_test(proof_bus_test ${CMAKE_CURRENT_LIST_DIR}/proof_bus_test.c)
gn_test(proof_zerocheck_test ${CMAKE_CURRENT_LIST_DIR}/proof_zerocheck_test.c)
gn_test(proof_zerocheck_brute_test ${CMAKE_CURRENT_LIST_DIR}/proof_zerocheck_brute_test.c)
