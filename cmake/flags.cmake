# Warnings are errors in our own code; Debian's headers are system headers.
add_library(kith_flags INTERFACE)
target_compile_options(kith_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror -fno-omit-frame-pointer -fstack-protector-strong)
target_link_options(kith_flags INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside the standard library at -O2; clang checks the same code.
  target_compile_options(kith_flags INTERFACE -Wno-restrict -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow
                                              -Wno-error=array-bounds)
endif()

# What ships is built as Release: hardened (tests/package/check_hardening looks), and the same whichever folder it was
# built in, so neither the paths of the folders nor the time are in it. Debug information names files from the folder of
# the sources: run gdb there.
include(CheckPIESupported)
check_pie_supported()
set(kith_release_options -fstack-clash-protection -Wdate-time
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=./build)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|i.86)$")
  list(APPEND kith_release_options -fcf-protection=full)
elseif(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  list(APPEND kith_release_options -mbranch-protection=standard)
endif()
target_compile_options(kith_flags INTERFACE "$<$<CONFIG:Release>:${kith_release_options}>")
target_compile_definitions(kith_flags INTERFACE $<$<CONFIG:Release>:_GLIBCXX_ASSERTIONS> $<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)

if(KITH_SANITIZE)
  target_compile_options(kith_flags INTERFACE -fsanitize=${KITH_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(kith_flags INTERFACE -fsanitize=${KITH_SANITIZE})
endif()
if(KITH_FUZZ)
  target_compile_options(kith_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_link_options(kith_flags INTERFACE -fuse-ld=lld)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
