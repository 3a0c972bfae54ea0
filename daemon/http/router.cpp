#include "daemon/http/router.hpp"

#include <optional>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

// Cuts the segment up to the next slash off `path`, and the slash with it.
std::string_view take_segment(std::string_view& path) {
  const auto slash = path.find('/');
  const auto segment = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  return segment;
}

// Whether a segment, percent-encoded or not, is this one of a pattern.
bool means(std::string_view segment, std::string_view expected) {
  if (segment.find('%') == std::string_view::npos) return segment == expected;
  return core::percent_decode(segment) == expected;
}

// The values of the pattern's names, or nothing when the path is another one.
std::optional<Parameters> match_path(std::string_view pattern, std::string_view path) {
  Parameters values;
  while (true) {
    const bool pattern_goes_on = pattern.find('/') != std::string_view::npos;
    const bool path_goes_on = path.find('/') != std::string_view::npos;
    const auto expected = take_segment(pattern);
    const auto segment = take_segment(path);
    if (expected.size() > 2 && expected.front() == '{' && expected.back() == '}') {
      auto value = core::percent_decode(segment);
      if (!value || value->empty()) return std::nullopt;
      values.emplace_back(expected.substr(1, expected.size() - 2), std::move(*value));
    } else if (!means(segment, expected)) {
      return std::nullopt;
    }
    if (pattern_goes_on != path_goes_on) return std::nullopt;
    if (!path_goes_on) return values;
  }
}

// Fewer names win, so that /api/users/me is not taken for /api/users/{id}.
std::size_t count_names(std::string_view pattern) {
  return static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '{'));
}

bool serves(const Route& route, ListenerKind listener) {
  return listener == ListenerKind::local ? route.on_local : route.on_public;
}

}  // namespace

void Router::add(Route route) {
  routes_.push_back(std::move(route));
}

Router::Match Router::find(ListenerKind listener, Method method, std::string_view path) const {
  Match match;
  const Method wanted = method == Method::head ? Method::get : method;
  bool own_head = false;
  std::vector<Method> allowed;
  for (const Route& route : routes_) {
    if (!serves(route, listener)) continue;
    auto values = match_path(route.pattern, path);
    if (!values) continue;
    if (std::find(allowed.begin(), allowed.end(), route.method) == allowed.end()) allowed.push_back(route.method);
    const bool is_head = method == Method::head && route.method == Method::head;
    if (route.method != wanted && !is_head) continue;
    const bool better = !match.route || (is_head && !own_head) ||
                        (is_head == own_head && count_names(route.pattern) < count_names(match.route->pattern));
    if (!better) continue;
    match.route = &route;
    match.path_values = std::move(*values);
    own_head = is_head;
  }
  if (allowed.empty()) return match;
  const auto has = [&](Method one) { return std::find(allowed.begin(), allowed.end(), one) != allowed.end(); };
  if (has(Method::get) && !has(Method::head)) allowed.push_back(Method::head);
  if (!has(Method::options)) allowed.push_back(Method::options);
  for (const Method one : allowed) match.allow.append(match.allow.empty() ? "" : ", ").append(method_name(one));
  if (!match.route) match.error = core::ErrorCode::method_not_allowed;
  return match;
}

}  // namespace kith::daemon
