#pragma once
// Fields that kith/1's JSON bodies have in common (federation/PROTOCOL.md, "Conventions"). For the .cpp files of
// messages. Errors: bad_request naming the field.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "federation/address.hpp"
#include "federation/key_statement.hpp"

namespace kith::federation::wire {

[[nodiscard]] core::Unexpected wrong_field(std::string_view field, std::string_view must);

// Canonical base64url of exactly T's size.
template <class T>
[[nodiscard]] core::Expected<T> required_bytes(const core::Json& object, std::string_view field) {
  constexpr std::size_t kCharacters = (T::kSize * 4 + 2) / 3;
  KITH_TRY_ASSIGN(text, core::required_text(object, field, kCharacters));
  auto value = core::from_base64url_as<T>(text);
  if (!value) return wrong_field(field, "must be " + std::to_string(T::kSize) + " bytes in base64url without padding");
  return std::move(*value);
}
// Canonical base64url of 1 to `max` bytes.
[[nodiscard]] core::Expected<core::Bytes> required_blob(const core::Json& object, std::string_view field,
                                                        std::size_t max);
[[nodiscard]] core::Expected<Address> required_address(const core::Json& object, std::string_view field);
[[nodiscard]] core::Expected<Domain> required_domain(const core::Json& object, std::string_view field);
// UTF-8 of at most `max` code points without control characters (Unicode's general category Cc).
[[nodiscard]] core::Expected<std::string> required_plain_text(const core::Json& object, std::string_view field,
                                                              std::size_t max);
bool is_plain_text(std::string_view text, std::size_t max);
bool has_field(const core::Json& object, std::string_view field);

// The optional list `key_statements`: empty when absent, at most kMaxKeyStatements.
[[nodiscard]] core::Expected<std::vector<KeyStatement>> key_statements_of(const core::Json& object);
core::Json key_statements_json(const std::vector<KeyStatement>& statements);

}  // namespace kith::federation::wire
