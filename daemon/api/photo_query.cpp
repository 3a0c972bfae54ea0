#include "daemon/api/photo_query.hpp"

#include "core/wall_time.hpp"

namespace kith::daemon {
namespace {

core::Expected<std::optional<std::int64_t>> bound(const char* name, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto value = core::parse_wall_bound(*text);
  if (!value) {
    return core::fail(core::ErrorCode::bad_request,
                      std::string(name) + " must be a day like 2024-07-01, or a time like 2024-07-01T12:00:00");
  }
  return value;
}

}  // namespace

core::Expected<assets::PhotoFilter> photo_filter(std::string name, std::optional<std::string> camera,
                                                 const std::optional<std::string>& from,
                                                 const std::optional<std::string>& to) {
  assets::PhotoFilter filter;
  filter.name = std::move(name);
  filter.camera = std::move(camera);
  KITH_TRY_ASSIGN(first, bound("from", from));
  KITH_TRY_ASSIGN(last, bound("to", to));
  filter.from = first;
  filter.to = last;
  return filter;
}

}  // namespace kith::daemon
