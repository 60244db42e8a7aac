# the second verifier (tools/verify.py): its parts, and its verdicts beside those of the C verifier
find_package(Python3 3.10 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME python_verifier_unit COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/python_verifier_unit.py)

  add_executable(python_verifier_export
    ${CMAKE_CURRENT_LIST_DIR}/python_verifier_export.c ${CMAKE_SOURCE_DIR}/tools/air_json.c)
  target_link_libraries(python_verifier_export PRIVATE test_machines)

  # name, machine, size, number of random cases; "large" has five skipped variables
  foreach(case fib:fib:60:12 tally:tally:40:4 rom:rom:300:4 adder:adder:20:4 memory:memory:20:4 examples:examples:50:4
          large:rom:700000:2:long long_tally:tally:1000:60:long long_rom:rom:2000:60:long long_examples:examples:3000:60:long)
    string(REPLACE ":" ";" words ${case})
    list(POP_FRONT words name)
    add_test(NAME python_verifier_${name}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/python_verifier_test.py
        $<TARGET_FILE:python_verifier_export> ${words})
    if(name MATCHES "^long|^large")
      set_tests_properties(python_verifier_${name} PROPERTIES LABELS long)
    endif()
  endforeach()
endif()
