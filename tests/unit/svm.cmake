# gn_svm_test(name): <name>_test.c with the host side of Solana
function(gn_svm_test name)
  gn_test(${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.c)
  target_link_libraries(${name} PRIVATE gnomon_svm)
endfunction()
gn_svm_test(svm_encoding)
gn_svm_test(svm_json)
