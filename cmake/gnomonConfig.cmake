# find_package(gnomon): gnomon::gnomon_shared, gnomon::gnomon_static, gnomon::verify_shared, gnomon::verify_static
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/gnomonTargets.cmake)
