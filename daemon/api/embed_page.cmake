# cmake -D FOLDER=… -D OUTPUT=… -P embed_page.cmake
# Every file of FOLDER becomes an entry of embedded_page(); x.gz and x.br are forms of x. Without FOLDER there are none.
# The assembler takes the bytes in, which is quicker than any array of numbers. OUTPUT holds their digests, so it changes
# exactly when one of them does.
cmake_minimum_required(VERSION 3.25)

set(type_of_html "text/html; charset=utf-8")
set(type_of_js "text/javascript; charset=utf-8")
set(type_of_css "text/css; charset=utf-8")
set(type_of_txt "text/plain; charset=utf-8")
set(type_of_json "application/json")
set(type_of_webmanifest "application/manifest+json")
set(type_of_svg "image/svg+xml")
set(type_of_png "image/png")
set(type_of_webp "image/webp")
set(type_of_ico "image/x-icon")
set(type_of_woff2 "font/woff2")

set(paths "")
if(FOLDER)
  file(GLOB_RECURSE paths RELATIVE ${FOLDER} ${FOLDER}/*)
  list(FILTER paths EXCLUDE REGEX "\\.(gz|br)$")
  list(SORT paths)
  if(NOT index.html IN_LIST paths)
    message(FATAL_ERROR "${FOLDER} has no index.html")
  endif()
endif()

set(assembly "")
set(symbols "")
set(entries "")
set(number 0)

# The PageContent of one form of a file, in `result`; an empty one if there is no such form.
function(take_in path result)
  if(NOT EXISTS "${path}")
    set(${result} "{}" PARENT_SCOPE)
    return()
  endif()
  file(SIZE "${path}" size)
  file(SHA256 "${path}" digest)
  string(SUBSTRING ${digest} 0 32 etag)
  set(symbol kith_page_${number})
  math(EXPR number "${number} + 1")
  set(number ${number} PARENT_SCOPE)
  set(assembly "${assembly}${symbol}: .incbin \"${path}\"\n" PARENT_SCOPE)
  set(symbols "${symbols}extern \"C\" const char ${symbol}[];\n" PARENT_SCOPE)
  set(${result} "{{${symbol}, ${size}}, \"\\\"${etag}\\\"\"}" PARENT_SCOPE)
endfunction()

foreach(path IN LISTS paths)
  if(NOT path MATCHES "^(app/)?[A-Za-z0-9._-]+\\.([a-z0-9]+)$")
    message(FATAL_ERROR "${path}: a file of the page is named with letters, digits, '.', '_' and '-', and lies in app/ or beside it")
  endif()
  set(media_type "${type_of_${CMAKE_MATCH_2}}")
  if(NOT media_type)
    message(FATAL_ERROR "${path}: embed_page.cmake knows no media type for .${CMAKE_MATCH_2}")
  endif()
  take_in("${FOLDER}/${path}" identity)
  take_in("${FOLDER}/${path}.gz" gzip)
  take_in("${FOLDER}/${path}.br" brotli)
  string(APPEND entries "    PageFile{\"${path}\",\n             \"${media_type}\",\n             ${identity},\n             ${gzip},\n             ${brotli}},\n")
endforeach()

set(text "// Made by embed_page.cmake.
#include <array>

#include \"daemon/api/page.hpp\"
")
if(paths)
  list(LENGTH paths count)
  string(APPEND text "
asm(R\"(
.pushsection .rodata
${assembly}.popsection
)\");
${symbols}
namespace kith::daemon {
namespace {
constexpr std::array<PageFile, ${count}> kPage{
${entries}};
}  // namespace

std::span<const PageFile> embedded_page() { return kPage; }

}  // namespace kith::daemon
")
else()
  string(APPEND text "
namespace kith::daemon {

std::span<const PageFile> embedded_page() { return {}; }

}  // namespace kith::daemon
")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "${text}" @ONLY)
