gn_test(proof_bus_test ${CMAKE_CURRENT_LIST_DIR}/proof_bus_test.c)
