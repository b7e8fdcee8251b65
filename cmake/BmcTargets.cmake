# The few shapes that bmc's targets come in, so that no folder repeats them.

# MLIR's headers, parsed once: three quarters of the time that a file of the compiler takes would go into them. All that
# share them must be compiled with the same language options.
set(bmc_language_options -fwrapv) # the reference evaluation of integers wraps around
function(bmc_precompile_headers)
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
  add_library(bmc_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
  target_include_directories(bmc_precompiled SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  # Without the time of its making in it, the compiler's cache knows the file again.
  target_compile_options(bmc_precompiled PRIVATE ${bmc_language_options} "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(bmc_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
endfunction()

# bmc_library(name sources... [LINK libraries...]): a static library of the compiler.
function(bmc_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE ${bmc_language_options} -Wall -Wextra -Wno-unused-parameter)
  target_precompile_headers(${name} REUSE_FROM bmc_precompiled)
  target_link_libraries(${name} PUBLIC ${arg_LINK})
endfunction()

# bmc_tool(name sources... [LINK libraries...]): a program in build/bin, linked to the shared MLIR and LLVM.
function(bmc_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE ${bmc_language_options})
  target_precompile_headers(${name} REUSE_FROM bmc_precompiled)
  target_link_libraries(${name} PRIVATE ${arg_LINK} MLIR LLVM)
endfunction()

# bmc_unit_test(name sources... [LINK libraries...]): a GoogleTest program, run by CTest under its own name.
function(bmc_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  bmc_tool(${name} ${arg_UNPARSED_ARGUMENTS} LINK ${arg_LINK} GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
