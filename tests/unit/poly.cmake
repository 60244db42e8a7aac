gn_test(poly_eq_test ${CMAKE_CURRENT_LIST_DIR}/poly_eq_test.c)
gn_test(poly_ntt_test ${CMAKE_CURRENT_LIST_DIR}/poly_ntt_test.c)
gn_test(poly_vector_test ${CMAKE_CURRENT_LIST_DIR}/poly_vector_test.c)
