#pragma once
// The page as it was built into the daemon: the files of web/dist, each also compressed where that makes it smaller.
// Everything here is a constant of the program.

#include <span>
#include <string_view>

#include "daemon/http/message.hpp"

namespace kith::daemon {

// One form of a file. `etag` has its quotes; without one there is no such form.
struct PageContent {
  std::string_view bytes;
  std::string_view etag;
};

struct PageFile {
  std::string_view path;  // within web/dist: "index.html", "app/main-3F2A.js"
  std::string_view media_type;
  PageContent identity, gzip, brotli;
};

// Empty when the daemon was built without its page.
std::span<const PageFile> embedded_page();

// The file of exactly that path, or nullptr.
const PageFile* find_page_file(std::span<const PageFile> page, std::string_view path);

// Answers a GET or HEAD for `file`: in the form the client likes most, 304 if it has that one, and with the fields that
// keep the page to itself.
Response page_response(const Request& request, const PageFile& file);

}  // namespace kith::daemon
