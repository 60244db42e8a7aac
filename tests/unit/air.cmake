function(air_test name)
  gn_test(${name} ${CMAKE_CURRENT_LIST_DIR}/${name}.c ${ARGN})
  target_link_libraries(${name} PRIVATE test_machines)
endfunction()

air_test(air_build_test)
air_test(air_heights_test)
air_test(air_eval_test)
air_test(air_check_test)
air_test(air_digest_test)

# the printed C of a machine is compiled and linked into the test
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/examples_system.c
  COMMAND air_gen c examples examples_system ${CMAKE_CURRENT_BINARY_DIR}/examples_system.c
  DEPENDS air_gen)
air_test(air_list_test ${CMAKE_CURRENT_BINARY_DIR}/examples_system.c)
target_compile_definitions(air_list_test PRIVATE GOLDEN_LISTING="${CMAKE_SOURCE_DIR}/gen/air/examples.txt")
