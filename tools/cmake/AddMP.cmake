# One library carries the precompiled header that all others reuse.
if(MP_PCH)
  file(WRITE ${PROJECT_BINARY_DIR}/mp_pch.cpp "")
  add_library(mp_pch OBJECT ${PROJECT_BINARY_DIR}/mp_pch.cpp)
  set_target_properties(mp_pch PROPERTIES POSITION_INDEPENDENT_CODE ON)
  llvm_update_compile_flags(mp_pch)
  target_precompile_headers(mp_pch PRIVATE ${PROJECT_SOURCE_DIR}/tools/cmake/pch.h)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(mp_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

function(mp_use_pch target)
  if(MP_PCH)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_precompile_headers(${target} REUSE_FROM mp_pch)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()
endfunction()

# add_mp_library(<name> SRCS a.cpp... [MP_LIBS ...] [MLIR_LIBS ...])
#
# One way to declare a library of this project. MLIR_LIBS become plain `MLIR`
# (libMLIR.so) under MP_LINK_MLIR_DYLIB, so no target can pull in a second copy.
function(add_mp_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;MP_LIBS;MLIR_LIBS" ${ARGN})
  add_mlir_library(${name} ${ARG_SRCS}
    DISABLE_INSTALL EXCLUDE_FROM_LIBMLIR DEPENDS mp-headers)
  mlir_target_link_libraries(${name} PUBLIC ${ARG_MLIR_LIBS})
  target_link_libraries(${name} PUBLIC ${ARG_MP_LIBS})
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${mp_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${mp_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  # add_mlir_library compiles into obj.<name> where it makes one.
  foreach(t ${name} obj.${name})
    if(TARGET ${t})
      mp_use_pch(${t})
      mp_set_warnings(${t})
    endif()
  endforeach()
  install(TARGETS ${name} EXPORT MPTargets)
  add_library(mp::${name} ALIAS ${name})
endfunction()

# IR is millions of small blocks. jemalloc keeps those of one size together, in
# huge pages (tools/common/Allocator.cpp), so that large modules cost no more for
# each op than small ones; sanitizers have an allocator of their own.
if(NOT LLVM_USE_SANITIZER)
  find_library(MP_JEMALLOC jemalloc)
endif()

# add_mp_tool(<name> SRCS a.cpp... [MP_LIBS ...] [MLIR_LIBS ...])
function(add_mp_tool name)
  cmake_parse_arguments(ARG "" "" "SRCS;MP_LIBS;MLIR_LIBS" ${ARGN})
  add_llvm_executable(${name} ${ARG_SRCS} DISABLE_LLVM_LINK_LLVM_DYLIB)
  llvm_update_compile_flags(${name})
  mlir_target_link_libraries(${name} PRIVATE ${ARG_MLIR_LIBS})
  target_link_libraries(${name} PRIVATE ${ARG_MP_LIBS})
  if(MP_JEMALLOC)
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tools/common/Allocator.cpp)
    target_link_libraries(${name} PRIVATE
      -Wl,--push-state,--no-as-needed ${MP_JEMALLOC} -Wl,--pop-state)
  endif()
  mp_set_warnings(${name})
  install(TARGETS ${name} EXPORT MPTargets)
endfunction()

# mp_tablegen_passes(<folder>): Passes.td -> Passes.h.inc with registerMP<folder>Passes.
function(mp_tablegen_passes folder)
  set(LLVM_TARGET_DEFINITIONS Passes.td)
  mlir_tablegen(Passes.h.inc -gen-pass-decls -name MP${folder})
  add_public_tablegen_target(MP${folder}PassesIncGen)
  add_dependencies(mp-headers MP${folder}PassesIncGen)
endfunction()
