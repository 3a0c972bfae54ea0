#include "daemon/api/page.hpp"

#include <algorithm>
#include <array>

#include "daemon/http/accept_encoding.hpp"
#include "daemon/http/conditional.hpp"

namespace kith::daemon {
namespace {

// The page loads nothing but its own files, runs no script that is not one of them, makes no script out of text, and
// stands in no other page. blob: is for pictures and films the page fetched with the user's log-in.
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

// What the page never asks the browser for.
constexpr std::string_view kPermissionsPolicy =
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "xr-spatial-tracking=()";

// Beside what every answer has (response_head.cpp).
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kProtection{{
    {"Content-Security-Policy", kContentPolicy},
    {"Permissions-Policy", kPermissionsPolicy},
    {"X-Frame-Options", "DENY"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
}};

const PageContent& form_of(const PageFile& file, ContentCoding coding) {
  switch (coding) {
    case ContentCoding::brotli:
      return file.brotli;
    case ContentCoding::gzip:
      return file.gzip;
    case ContentCoding::identity:
      break;
  }
  return file.identity;
}

ContentCoding coding_for(const Request& request, const PageFile& file) {
  std::vector<ContentCoding> offered;
  for (const auto coding : {ContentCoding::brotli, ContentCoding::gzip, ContentCoding::identity}) {
    if (!form_of(file, coding).etag.empty()) offered.push_back(coding);
  }
  return choose_coding(request.headers, offered);
}

// Names under app/ have a hash of their content in them; the others stay the same from one version to the next.
std::string_view caching_of(const PageFile& file) {
  return file.path.starts_with("app/") ? "public, max-age=31536000, immutable" : "no-cache";
}

}  // namespace

const PageFile* find_page_file(std::span<const PageFile> page, std::string_view path) {
  const auto found = std::ranges::find(page, path, &PageFile::path);
  return found == page.end() ? nullptr : &*found;
}

Response page_response(const Request& request, const PageFile& file) {
  const auto coding = coding_for(request, file);
  const auto& form = form_of(file, coding);
  const Representation representation{form.bytes.size(), std::string(form.etag), std::nullopt};
  auto response = conditional_response(request, representation, [&](const ByteRange& range) {
    return std::string(form.bytes.substr(range.offset, range.length));
  });
  auto& headers = response.headers;
  for (const auto& [name, value] : kProtection) headers.set(name, value);
  headers.set("Vary", "Accept-Encoding");
  if (response.status >= 400) return response;
  headers.set("Cache-Control", caching_of(file));
  if (response.status == 304) return response;
  headers.set("Content-Type", file.media_type);
  if (coding != ContentCoding::identity) headers.set("Content-Encoding", coding_name(coding));
  return response;
}

}  // namespace kith::daemon
