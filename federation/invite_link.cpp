#include "federation/invite_link.hpp"

#include <array>

#include "core/crypto/hmac.hpp"
#include "core/encoding.hpp"
#include "core/length_prefixed.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

core::Unexpected not_a_link() {
  return core::fail(core::ErrorCode::bad_request, "this is not an invite link: copy it again, whole");
}

}  // namespace

std::string build_invite_link(std::string_view web_url, const InviteLink& link) {
  if (web_url.ends_with('/')) web_url.remove_suffix(1);
  std::string out(web_url);
  out += kInviteLinkPath;
  out += '#';
  out += kInviteLinkScheme;
  const auto address = link.address.text();
  for (const auto& part : {core::to_base64url(core::as_bytes(address)), link.fingerprint.compact(),
                           core::to_base64url(link.id.view()), core::to_base64url(link.secret.view())}) {
    out += '.';
    out += part;
  }
  return out;
}

core::Expected<InviteLink> parse_invite_link(std::string_view text) {
  if (text.size() > kMaxInviteLinkBytes) return not_a_link();
  const auto hash = text.find('#');
  if (hash != std::string_view::npos) {
    if (!text.substr(0, hash).ends_with(kInviteLinkPath)) return not_a_link();
    text.remove_prefix(hash + 1);
  }
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto dot = text.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == parts.size())) return not_a_link();
    parts[i] = text.substr(0, dot);
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  const auto address_bytes = core::from_base64url(parts[1]);
  const auto fingerprint = Fingerprint::parse(parts[2]);
  const auto id = core::from_base64url_as<WireInviteId>(parts[3]);
  auto secret = core::from_base64url_as<InviteSecret>(parts[4]);
  if (parts[0] != kInviteLinkScheme || !address_bytes || !fingerprint || !id || !secret) return not_a_link();
  if (fingerprint->compact() != parts[2]) return not_a_link();
  auto address = Address::parse(core::as_text(*address_bytes));
  if (!address) return not_a_link();
  return InviteLink{std::move(*address), *fingerprint, *id, std::move(*secret)};
}

InviteMac invite_mac(const InviteSecret& secret, const InviteBinding& binding) {
  core::LengthPrefixed message;
  message.add(kInviteLabel)
      .add(binding.initiator.text())
      .add(binding.responder.text())
      .add(binding.instance_key.view())
      .add(binding.handshake_id.view())
      .add(binding.initiator_key.view())
      .add(binding.commitment.view());
  return {core::hmac_sha256(secret.view(), message.view()).data};
}

bool check_invite_mac(const InviteSecret& secret, const InviteBinding& binding, const InviteMac& mac) {
  return core::equal_constant_time(invite_mac(secret, binding).view(), mac.view());
}

}  // namespace kith::federation
