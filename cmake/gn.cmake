# gn.cmake - the two ways in which this project compiles a source file.

add_library(gn_flags INTERFACE)
target_compile_options(gn_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes
  -Wimplicit-fallthrough -Wcast-qual -Wconversion -Wno-sign-conversion -Wdouble-promotion
  -fno-strict-aliasing)
if(GN_SANITIZE)
  add_compile_options(-fsanitize=${GN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GN_SANITIZE})
else()
  # the stack is for small things; sanitizers put several copies of every lane on it
  target_compile_options(gn_flags INTERFACE -Wframe-larger-than=16384)
endif()
# The memory sanitizer and Jansson, which is not built with it (tests/support/msan_jansson.c): gn_jansson is what links Jansson.
find_package(PkgConfig REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET GLOBAL jansson)
add_library(gn_jansson INTERFACE)
target_link_libraries(gn_jansson INTERFACE PkgConfig::JANSSON)
if(GN_SANITIZE STREQUAL "memory")
  add_library(gn_msan_jansson STATIC ${CMAKE_SOURCE_DIR}/tests/support/msan_jansson.c)
  target_link_libraries(gn_msan_jansson PUBLIC PkgConfig::JANSSON)
  target_link_libraries(gn_jansson INTERFACE gn_msan_jansson)
  foreach(function object_get object_set_new object_del string stringn integer equal deep_copy dumpf string_value dumps object_iter_key loadb loads
          load_file pack)
    target_link_options(gn_jansson INTERFACE LINKER:--wrap=json_${function})
  endforeach()
endif()
# GCC 12 (12.2 seen) takes an access whose address induction-variable optimization wrote as 0 + index for a null access, concludes
# that the stores behind it are never reached, and drops calls of the function ("pure").  This flag takes away the premise.
target_compile_options(gn_flags INTERFACE -fno-delete-null-pointer-checks)
# the public headers, src/ itself, and kernel/...: what host and kernels share
target_include_directories(gn_flags INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
if(GN_WERROR)
  target_compile_options(gn_flags INTERFACE -Werror)
endif()

add_library(gnomon_engine STATIC)
target_link_libraries(gnomon_engine PUBLIC gn_flags)
find_package(Threads REQUIRED)
target_link_libraries(gnomon_engine PUBLIC Threads::Threads)

# gn_sources(a.c b.c): files of the current folder that join the engine library
function(gn_sources)
  foreach(file IN LISTS ARGN)
    target_sources(gnomon_engine PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
endfunction()

# gn_kernel(name): compile name_kernel.c once per instruction set, with ISA=scalar|avx2|avx512 and GN_KERNEL_SCALAR, _AVX2 or
# _AVX512 defined.  Each object defines one table of functions, <something>_scalar and so on, among which name.c picks.
function(gn_kernel name)
  set(flags_scalar "")
  set(flags_avx2 -mavx2 -mbmi2)
  set(flags_avx512 -mavx512f -mavx512dq -mavx512vl -mavx512bw -mbmi2 -mprefer-vector-width=512)
  set(isas scalar)
  if(GN_SIMD)
    list(APPEND isas avx2 avx512)
  endif()
  foreach(isa IN LISTS isas)
    string(TOUPPER ${isa} upper)
    add_library(${name}_${isa} OBJECT ${name}_kernel.c)
    target_link_libraries(${name}_${isa} PRIVATE gn_flags)
    target_compile_definitions(${name}_${isa} PRIVATE ISA=${isa} GN_KERNEL_${upper}=1)
    target_compile_options(${name}_${isa} PRIVATE -O3 ${flags_${isa}})
    target_sources(gnomon_engine PRIVATE $<TARGET_OBJECTS:${name}_${isa}>)
    set_property(GLOBAL APPEND PROPERTY GN_KERNEL_OBJECTS $<TARGET_OBJECTS:${name}_${isa}>)
  endforeach()
endfunction()

if(GN_SIMD)
  target_compile_definitions(gn_flags INTERFACE GN_HAVE_SIMD=1)
endif()
