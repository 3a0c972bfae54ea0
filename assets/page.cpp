#include "assets/page.hpp"

#include "core/encoding.hpp"
#include "core/id.hpp"

namespace kith::assets {

namespace {

// Greater than the first character of every ULID (at most '7').
constexpr std::string_view kBehindAll = "~";

}  // namespace

std::string make_cursor(CursorList list, std::string_view last_id) {
  std::string plain(1, static_cast<char>(list));
  plain += last_id;
  return core::to_base64url(core::as_bytes(plain));
}

core::Expected<std::string> start_of_page(CursorList list, const PageRequest& request) {
  if (request.limit < 1 || request.limit > kMaxPageSize)
    return core::fail(core::ErrorCode::bad_request, "limit must be between 1 and 500");
  if (request.cursor.empty()) return std::string(kBehindAll);
  const auto refused =
      core::fail(core::ErrorCode::bad_request,
                 "the cursor does not belong to this list: take `next` of the page before, or leave it out");
  if (request.cursor.size() > kMaxCursorBytes) return refused;
  const auto plain = core::from_base64url(request.cursor);
  if (!plain || plain->empty() || plain->front() != static_cast<std::uint8_t>(list)) return refused;
  auto id = std::string(core::as_text(*plain).substr(1));
  if (!core::is_ulid(id)) return refused;
  return id;
}

}  // namespace kith::assets
