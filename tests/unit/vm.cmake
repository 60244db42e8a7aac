gn_test(vm_alu ${CMAKE_CURRENT_LIST_DIR}/vm_alu_test.c)
gn_test(vm_control ${CMAKE_CURRENT_LIST_DIR}/vm_control_test.c)
gn_test(vm_isa ${CMAKE_CURRENT_LIST_DIR}/vm_isa_test.c)
gn_test(vm_kernel ${CMAKE_CURRENT_LIST_DIR}/vm_kernel_test.c)
gn_test(vm_sbpf ${CMAKE_CURRENT_LIST_DIR}/vm_sbpf_test.c)
gn_test(vm_memory ${CMAKE_CURRENT_LIST_DIR}/vm_memory_test.c)

find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
  gn_test(vm_trace ${CMAKE_CURRENT_LIST_DIR}/vm_trace_test.c)
  target_compile_definitions(vm_trace PRIVATE PYTHON3="${Python3_EXECUTABLE}"
    CHECKER="${CMAKE_CURRENT_LIST_DIR}/vm_trace_check.py")
endif()
