#include "daemon/http/conditional.hpp"

#include "core/encoding.hpp"
#include "daemon/http/http_date.hpp"

namespace kith::daemon {
namespace {

constexpr std::string_view kWeak = "W/";

// Walks the entity-tags of a list; true when `accept` says so for one of them. A broken rest of the list matches
// nothing.
template <class Accept>
bool any_tag(std::string_view list, Accept accept) {
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
    if (list.empty()) return false;
    const bool weak = list.starts_with(kWeak);
    if (weak) list.remove_prefix(kWeak.size());
    if (!list.starts_with('"')) return false;
    const auto end = list.find('"', 1);
    if (end == std::string_view::npos) return false;
    if (accept(weak, list.substr(0, end + 1))) return true;
    list.remove_prefix(end + 1);
  }
}

bool is_any(std::string_view list) {
  return list == "*";
}

std::optional<core::Timestamp> date_field(const Request& request, std::string_view name) {
  const auto value = request.headers.get(name);
  return value ? parse_http_date(*value) : std::nullopt;
}

std::optional<core::Timestamp> whole_seconds(const std::optional<core::Timestamp>& time) {
  if (!time) return std::nullopt;
  return core::Timestamp{std::chrono::floor<std::chrono::seconds>(*time)};
}

// A field that came several times is one list.
std::optional<std::string> list_field(const Request& request, std::string_view name) {
  std::optional<std::string> list;
  for (const auto& [key, value] : request.headers.all()) {
    if (!core::equal_ignoring_case(key, name)) continue;
    list = list ? *list + ", " + value : value;
  }
  return list;
}

// RFC 9110, section 13.2.2: 200 means "go on".
int precondition_status(const Request& request, const Representation& representation) {
  const auto modified = whole_seconds(representation.last_modified);
  if (const auto match = list_field(request, "If-Match")) {
    if (!is_any(*match) && !etag_listed_strong(*match, representation.etag)) return 412;
  } else if (const auto since = date_field(request, "If-Unmodified-Since"); since && modified && *modified > *since) {
    return 412;
  }
  if (const auto none = list_field(request, "If-None-Match")) {
    if (is_any(*none) || etag_listed_weak(*none, representation.etag)) return 304;
  } else if (const auto since = date_field(request, "If-Modified-Since"); since && modified && *modified <= *since) {
    return 304;
  }
  return 200;
}

// Whether If-Range, if there, still holds; only then Range counts.
bool range_applies(const Request& request, const Representation& representation) {
  const auto condition = request.headers.get("If-Range");
  if (!condition) return true;
  if (condition->starts_with('"')) return etag_listed_strong(*condition, representation.etag);
  const auto date = parse_http_date(*condition);
  return date && whole_seconds(representation.last_modified) == date;
}

}  // namespace

bool etag_listed_strong(std::string_view field_value, std::string_view etag) {
  if (etag.empty() || etag.starts_with(kWeak)) return false;
  return any_tag(field_value, [&](bool weak, std::string_view tag) { return !weak && tag == etag; });
}

bool etag_listed_weak(std::string_view field_value, std::string_view etag) {
  if (etag.starts_with(kWeak)) etag.remove_prefix(kWeak.size());
  if (etag.empty()) return false;
  return any_tag(field_value, [&](bool, std::string_view tag) { return tag == etag; });
}

Response conditional_response(
    const Request& request, const Representation& representation,
    const std::function<std::variant<std::string, FileSlice, StreamedBody>(const ByteRange&)>& body) {
  Response response = Response::empty(precondition_status(request, representation));
  if (!representation.etag.empty()) response.headers.set("ETag", representation.etag);
  if (representation.last_modified) {
    response.headers.set("Last-Modified", format_http_date(*representation.last_modified));
  }
  if (response.status == 412) {
    auto problem = Response::problem({core::ErrorCode::precondition_failed, {}, {}, {}}, request.request_id);
    if (!representation.etag.empty()) problem.headers.set("ETag", representation.etag);
    return problem;
  }
  if (response.status != 200) return response;

  response.headers.set("Accept-Ranges", "bytes");
  RangeDecision decision;
  if (const auto range = request.headers.get("Range"); range && request.method == Method::get &&
                                                       request.headers.count("Range") == 1 &&
                                                       range_applies(request, representation)) {
    decision = decide_range(*range, representation.size);
  }
  if (decision.kind == RangeDecision::Kind::unsatisfiable) {
    auto problem = Response::problem({core::ErrorCode::range_not_satisfiable, {}, {}, {}}, request.request_id);
    problem.headers.set("Content-Range", unsatisfied_content_range(representation.size));
    return problem;
  }
  ByteRange sent{0, representation.size};
  if (decision.kind == RangeDecision::Kind::partial) {
    sent = decision.range;
    response.status = 206;
    response.headers.set("Content-Range", content_range(sent, representation.size));
  }
  response.body = body(sent);
  return response;
}

}  // namespace kith::daemon
