#include "federation/wire/discovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "federation/protocol_constants.hpp"
#include "federation/wire/fields.hpp"

namespace kith::federation::wire {

using core::Expected;
using core::Json;

Expected<DiscoveryDocument> DiscoveryDocument::parse(std::string_view body) {
  KITH_TRY_ASSIGN(object, core::parse_json_object(body, {.max_bytes = kMaxBodyBytes}));
  KITH_TRY_ASSIGN(protocols, core::required_text_list(object, "protocols", kMaxProtocols, kMaxProtocolBytes));
  if (std::ranges::find(protocols, kProtocol) == protocols.end()) {
    return wrong_field("protocols", "does not offer kith/1: the other instance runs another version");
  }
  KITH_TRY_ASSIGN(domain, required_domain(object, "domain"));
  KITH_TRY_ASSIGN(instance_key, required_bytes<InstanceKey>(object, "instance_key"));
  if (!core::is_sound_key(instance_key)) return wrong_field("instance_key", "is not a key one can trust");
  KITH_TRY_ASSIGN(name, required_plain_text(object, "name", kMaxInstanceNameCodePoints));
  KITH_TRY_ASSIGN(software, required_plain_text(object, "software", kMaxSoftwareCodePoints));
  KITH_TRY_ASSIGN(statements, key_statements_of(object));
  KITH_TRY(check_chain(domain, statements, instance_key));
  return DiscoveryDocument{std::move(domain), instance_key, std::move(name), std::move(software),
                           std::move(statements)};
}

std::string DiscoveryDocument::serialise() const {
  return core::to_json_text({{"protocols", {kProtocol}},
                             {"domain", domain.text()},
                             {"instance_key", core::to_base64url(instance_key.view())},
                             {"name", name},
                             {"software", software},
                             {"key_statements", key_statements_json(key_statements)}});
}

}  // namespace kith::federation::wire
