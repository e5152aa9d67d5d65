# How every target is compiled: C++20, warnings as errors, hardened; sanitizers by -DSLUICE_SANITIZE=address,undefined.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Wcast-qual -Woverloaded-virtual -Wformat=2)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Unlike gcc it looks into macros of system headers, and protobuf-c's cast const away.
  add_compile_options(-Wno-cast-qual)
endif()
add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection)
add_link_options(-pie -Wl,-z,relro,-z,now -Wl,--as-needed)

set(SLUICE_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize takes them")
option(SLUICE_FUZZ "Build the fuzz targets; for clang, which has libFuzzer" OFF)
if(SLUICE_SANITIZE)
  # With -O2 what looks at every access takes half as long again to compile.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG")
  # Instrumented, the standard library's own templates look uninitialized to gcc.
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(SLUICE_SANITIZE STREQUAL "thread")
    # Boost.Asio's fences, which are not understood: see what else orders those accesses.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
else()
  add_compile_definitions($<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(SLUICE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
