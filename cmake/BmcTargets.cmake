# The few shapes that bmc's targets come in, so that no folder repeats them.

# MLIR's headers, parsed once: three quarters of the time that a file of the compiler takes would go into them. All that
# share them must be compiled with the same language options.
set(bmc_language_options -fwrapv) # the reference evaluation of integers wraps around
set(bmc_precompiled ${PROJECT_BINARY_DIR}/precompiled.pch)
set(header ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}")
add_custom_command(
  OUTPUT ${bmc_precompiled}
  # Not through the compiler's cache: the file names this checkout, and must not be another's.
  COMMAND ${CMAKE_CXX_COMPILER} ${flags} -std=c++20 ${bmc_language_options}
          -isystem ${MLIR_INCLUDE_DIRS} -x c++-header -fpch-instantiate-templates
          -MD -MF ${bmc_precompiled}.d -MT ${bmc_precompiled} -c ${header} -o ${bmc_precompiled}
  DEPENDS ${header}
  DEPFILE ${bmc_precompiled}.d
  COMMENT "Precompiling MLIR's headers"
  VERBATIM)
add_custom_target(bmc_precompiled_headers DEPENDS ${bmc_precompiled})
# ccache tells one precompiled file from another by this sum, since the file itself names the build folder.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
file(SHA256 ${header} sum)
file(WRITE ${bmc_precompiled}.sum "${LLVM_PACKAGE_VERSION} ${sum}")

# bmc_use_precompiled_headers(name): the target's files read MLIR's headers from there.
function(bmc_use_precompiled_headers name)
  target_compile_options(${name} PRIVATE ${bmc_language_options} "SHELL:-include-pch ${bmc_precompiled}")
  add_dependencies(${name} bmc_precompiled_headers)
endfunction()

# bmc_library(name sources... [LINK libraries...]): a static library of the compiler.
function(bmc_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_library(${name} STATIC ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PUBLIC ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  bmc_use_precompiled_headers(${name})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
endfunction()

# bmc_tool(name sources... [LINK libraries...]): a program in build/bin, linked to the shared MLIR and LLVM.
function(bmc_tool name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  bmc_use_precompiled_headers(${name})
  target_link_libraries(${name} PRIVATE ${arg_LINK} MLIR LLVM)
endfunction()

# bmc_unit_test(name sources... [LINK libraries...]): a GoogleTest program, run by CTest under its own name.
function(bmc_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINK")
  bmc_tool(${name} ${arg_UNPARSED_ARGUMENTS} LINK ${arg_LINK} GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/test)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
