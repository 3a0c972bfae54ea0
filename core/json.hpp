#pragma once
// JSON as kith takes it from strangers: bounded, UTF-8, duplicate keys refused (RFC 8259; I-JSON, RFC 7493,
// section 2.3). Only .cpp files include <nlohmann/json.hpp>; headers see the forward declaration.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"

namespace kith::core {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t max_bytes = 64 * 1024;
  std::size_t max_depth = 16;
  std::size_t max_values = 10'000;
};

// The document, or bad_request / too_large telling what is wrong and where. The root must be an object.
[[nodiscard]] Expected<Json> parse_json_object(std::string_view text, const JsonLimits& limits = {});

// Fields of an object. Required ones fail with bad_request naming the field when absent, null or of another type;
// optional ones are nothing when absent, and fail when present with another type (null is not absence).
[[nodiscard]] Expected<std::string> required_text(const Json& object, std::string_view field, std::size_t max_bytes);
[[nodiscard]] Expected<std::optional<std::string>> optional_text(const Json& object, std::string_view field,
                                                                 std::size_t max_bytes);
[[nodiscard]] Expected<std::int64_t> required_integer(const Json& object, std::string_view field, std::int64_t min,
                                                      std::int64_t max);
[[nodiscard]] Expected<std::optional<std::int64_t>> optional_integer(const Json& object, std::string_view field,
                                                                     std::int64_t min, std::int64_t max);
[[nodiscard]] Expected<bool> required_bool(const Json& object, std::string_view field);
[[nodiscard]] Expected<std::optional<bool>> optional_bool(const Json& object, std::string_view field);
[[nodiscard]] Expected<Timestamp> required_timestamp(const Json& object, std::string_view field);
[[nodiscard]] Expected<std::optional<Timestamp>> optional_timestamp(const Json& object, std::string_view field);
// A list of texts of at most `max_items` items.
[[nodiscard]] Expected<std::vector<std::string>> required_text_list(const Json& object, std::string_view field,
                                                                    std::size_t max_items, std::size_t max_bytes);
// For bodies where unknown fields are refused (the HTTP API; kith/1 messages ignore them).
[[nodiscard]] Expected<void> only_fields(const Json& object, std::initializer_list<std::string_view> known);

// Compact text of `value`; never throws (invalid UTF-8 is replaced).
std::string to_json_text(const Json& value);

}  // namespace kith::core
