gn_test(soundness_terms ${CMAKE_CURRENT_LIST_DIR}/soundness_terms_test.c ${CMAKE_SOURCE_DIR}/tools/soundness_terms.c)
target_link_libraries(soundness_terms PRIVATE m)

find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  add_test(NAME soundness_document
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/soundness_document.py $<TARGET_FILE:gnomon-soundness> ${CMAKE_SOURCE_DIR}/SOUNDNESS.md)
  # the committed table is what the search finds
  add_test(NAME soundness_search
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/search_params.py --check ${CMAKE_SOURCE_DIR}/gen/whir_params.inc)
endif()
