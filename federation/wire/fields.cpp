#include "federation/wire/fields.hpp"

#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"

namespace kith::federation::wire {
namespace {

constexpr std::int64_t kMaxNumber = (std::int64_t{1} << 53) - 1;  // what every JSON reader keeps exactly

core::Expected<KeyStatement> key_statement_of(const core::Json& object) {
  KITH_TRY_ASSIGN(domain, required_domain(object, "domain"));
  KITH_TRY_ASSIGN(number, core::required_integer(object, "number", 1, kMaxNumber));
  KITH_TRY_ASSIGN(old_key, required_bytes<InstanceKey>(object, "old_key"));
  KITH_TRY_ASSIGN(new_key, required_bytes<InstanceKey>(object, "new_key"));
  KITH_TRY_ASSIGN(timestamp, core::required_timestamp(object, "timestamp"));
  KITH_TRY_ASSIGN(old_signature, required_bytes<core::Signature>(object, "old_signature"));
  KITH_TRY_ASSIGN(new_signature, required_bytes<core::Signature>(object, "new_signature"));
  return KeyStatement{std::move(domain), static_cast<std::uint64_t>(number), old_key, new_key, timestamp, old_signature,
                      new_signature};
}

}  // namespace

core::Unexpected wrong_field(std::string_view field, std::string_view must) {
  return core::fail(core::ErrorCode::bad_request, "`" + std::string(field) + "` " + std::string(must));
}

core::Expected<core::Bytes> required_blob(const core::Json& object, std::string_view field, std::size_t max) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, (max * 4 + 2) / 3));
  auto bytes = core::from_base64url(text);
  if (!bytes || bytes->empty() || bytes->size() > max) {
    return wrong_field(field, "must be 1 to " + std::to_string(max) + " bytes in base64url without padding");
  }
  return std::move(*bytes);
}

core::Expected<Address> required_address(const core::Json& object, std::string_view field) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, kMaxAddressBytes));
  auto address = Address::parse(text);
  if (!address) return wrong_field(field, "is not an address: " + address.error().detail);
  return address;
}

core::Expected<Domain> required_domain(const core::Json& object, std::string_view field) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, kMaxDomainBytes));
  auto domain = Domain::parse(text);
  if (!domain) return wrong_field(field, "is not a domain: " + domain.error().detail);
  return domain;
}

bool is_plain_text(std::string_view text, std::size_t max) {
  if (text.size() > max * 4 || !core::is_valid_utf8(text) || core::count_code_points(text) > max) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return false;
    // U+0080 to U+009F.
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;
  }
  return true;
}

core::Expected<std::string> required_plain_text(const core::Json& object, std::string_view field, std::size_t max) {
  KITH_TRY_ASSIGN(text, core::required_text(object, field, max * 4));
  if (!is_plain_text(text, max)) {
    return wrong_field(field,
                       "must be at most " + std::to_string(max) + " characters, none of them a control character");
  }
  return text;
}

bool has_field(const core::Json& object, std::string_view field) {
  return object.contains(field);
}

core::Expected<std::vector<KeyStatement>> key_statements_of(const core::Json& object) {
  std::vector<KeyStatement> statements;
  const auto field = object.find("key_statements");
  if (field == object.end()) return statements;
  if (!field->is_array() || field->size() > kMaxKeyStatements) {
    return wrong_field("key_statements", "must be a list of at most " + std::to_string(kMaxKeyStatements));
  }
  statements.reserve(field->size());
  for (const auto& item : *field) {
    if (!item.is_object()) return wrong_field("key_statements", "must be a list of objects");
    KITH_TRY_ASSIGN(statement, key_statement_of(item));
    statements.push_back(std::move(statement));
  }
  return statements;
}

core::Json key_statements_json(const std::vector<KeyStatement>& statements) {
  auto list = core::Json::array();
  for (const auto& statement : statements) {
    list.push_back({{"domain", statement.domain.text()},
                    {"number", statement.number},
                    {"old_key", core::to_base64url(statement.old_key.view())},
                    {"new_key", core::to_base64url(statement.new_key.view())},
                    {"timestamp", core::format_timestamp(statement.timestamp)},
                    {"old_signature", core::to_base64url(statement.old_signature.view())},
                    {"new_signature", core::to_base64url(statement.new_signature.view())}});
  }
  return list;
}

}  // namespace kith::federation::wire
