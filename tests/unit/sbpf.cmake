foreach(name elf symbols verify lower)
  gn_test(sbpf_${name}_test ${CMAKE_CURRENT_LIST_DIR}/sbpf_${name}_test.c)
  target_link_libraries(sbpf_${name}_test PRIVATE test_sbpf)
endforeach()
