# the second verifier (tools/verify.py): its parts, and its verdicts beside those of the C verifier
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME python_verifier_unit COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/python_verifier_unit.py)

  add_executable(python_verifier_export ${CMAKE_CURRENT_LIST_DIR}/python_verifier_export.c ${CMAKE_SOURCE_DIR}/tools/air_json.c)
  target_link_libraries(python_verifier_export PRIVATE test_machines)
  foreach(case fib:60:12 tally:40:4 rom:300:4 examples:50:6)
    string(REPLACE ":" ";" words ${case})
    list(GET words 0 machine)
    add_test(NAME python_verifier_${machine}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/python_verifier_test.py $<TARGET_FILE:python_verifier_export> ${words})
  endforeach()
endif()
