# bmc_add_model(<target> <model.bm> [EMIT lib|so|exe] [OUTPUT_NAME <name>] [OPTIONS <flags of bmc>...])
#
# Compiles a model file when the target is built, and again when the file or one that it imports changes.
#   lib  (the default) a static library: link <target>, and include <name.h>
#   so   a shared library, to link or to load: $<TARGET_FILE:<target>>
#   exe  a program: $<TARGET_FILE:<target>>
# <name> is <target> where it is not given; it is what the header and its functions are called.
function(bmc_add_model target model)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "EMIT;OUTPUT_NAME" "OPTIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "bmc_add_model(${target}): expected EMIT, OUTPUT_NAME or OPTIONS, found ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_EMIT)
    set(arg_EMIT lib)
  endif()
  if(NOT arg_OUTPUT_NAME)
    set(arg_OUTPUT_NAME "${target}")
  endif()
  cmake_path(ABSOLUTE_PATH model NORMALIZE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}")
  set(program)
  set(copy)
  set(header "${folder}/${arg_OUTPUT_NAME}.h")
  if(arg_EMIT STREQUAL "lib")
    set(output "${folder}/lib${arg_OUTPUT_NAME}.a")
    add_library(${target} STATIC IMPORTED GLOBAL)
  elseif(arg_EMIT STREQUAL "so")
    set(output "${folder}/${arg_OUTPUT_NAME}.so")
    add_library(${target} SHARED IMPORTED GLOBAL)
  elseif(arg_EMIT STREQUAL "exe")
    # A file that is called as a target is taken for the target's own, so another name is made and then copied.
    set(output "${folder}/${arg_OUTPUT_NAME}.program")
    set(program "${folder}/${arg_OUTPUT_NAME}")
    set(copy COMMAND "${CMAKE_COMMAND}" -E copy "${output}" "${program}")
    set(header)
    add_executable(${target} IMPORTED GLOBAL)
  else()
    message(FATAL_ERROR "bmc_add_model(${target}): expected EMIT lib, so or exe, found '${arg_EMIT}'")
  endif()

  add_custom_command(
    OUTPUT "${output}" ${header}
    BYPRODUCTS ${program}
    COMMAND bmc::bmc "${model}" --emit=${arg_EMIT} -o "${output}" "--depfile=${output}.d" ${arg_OPTIONS}
    ${copy}
    DEPENDS "${model}" bmc::bmc
    DEPFILE "${output}.d"
    COMMENT "Compiling the model ${arg_OUTPUT_NAME}"
    VERBATIM)
  add_custom_target(${target}_model ALL DEPENDS "${output}" ${header})
  add_dependencies(${target} ${target}_model)
  if(program)
    set(output "${program}")
  endif()
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${output}")
  if(header)
    target_include_directories(${target} INTERFACE "${folder}")
    target_link_libraries(${target} INTERFACE bmc::model)
  endif()
endfunction()
