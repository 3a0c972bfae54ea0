#include "client/live_keys.hpp"

#include <algorithm>

#include "core/length_prefixed.hpp"

namespace kith::client {
namespace {

using core::LengthPrefixed;
using core::Mac;

// dec(n) of docs/live.md.
std::string dec(const std::optional<std::uint64_t>& number) {
  return number ? std::to_string(*number) : std::string();
}

LengthPrefixed labelled(std::string_view label) {
  LengthPrefixed out;
  out.add(label);
  return out;
}

template <class Key>
Key expand(const core::Prk& prk, std::string_view label, const LiveBinding& binding) {
  auto info = labelled(label);
  info.add(std::string_view(binding.live_id)).add(std::string_view(binding.request_id));
  info.add(std::string_view(dec(binding.file)));
  info.add(binding.receiver_key.view()).add(binding.sender_key.view());
  return Key(core::hkdf_expand(prk, core::as_text(info.view())).view().first<32>());
}

}  // namespace

LiveAuthKey live_auth_key(const LiveSecret& secret) {
  const auto key = core::hkdf_expand(core::hkdf_extract({}, secret.view()), "kith-live/1 authentication");
  return LiveAuthKey(key.view().first<32>());
}

Mac live_files_mac(const LiveAuthKey& key, std::span<const LiveFile> files) {
  auto text = labelled("kith-live/1 files");
  for (const auto& file : files)
    text.add(std::string_view(file.name)).add(std::string_view(dec(file.size))).add(std::string_view(file.type));
  return core::hmac_sha256(key.view(), text.view());
}

Mac live_receiver_mac(const LiveAuthKey& key, std::string_view live_id, std::uint64_t file,
                      const core::BoxPublicKey& receiver_key) {
  auto text = labelled("kith-live/1 receiver");
  text.add(live_id).add(std::string_view(dec(file))).add(receiver_key.view());
  return core::hmac_sha256(key.view(), text.view());
}

Mac live_sender_mac(const LiveAuthKey& key, const LiveBinding& binding, const LiveTerms& terms) {
  auto text = labelled("kith-live/1 sender");
  text.add(std::string_view(binding.live_id)).add(std::string_view(binding.request_id));
  text.add(std::string_view(dec(binding.file))).add(binding.receiver_key.view()).add(binding.sender_key.view());
  text.add(terms.salt.view()).add(std::string_view(dec(terms.chunks))).add(std::string_view(dec(terms.from)));
  return core::hmac_sha256(key.view(), text.view());
}

core::Expected<LiveKeys> live_keys(const core::BoxSecretKey& own, const core::BoxPublicKey& other,
                                   const LiveSecret& secret, const LiveSalt& salt, const LiveBinding& binding) {
  auto shared = core::x25519(own, other);
  if (!shared) return core::fail(core::ErrorCode::not_authentic, "The other side's key is none that can be used.");
  core::Secret<64> material;
  std::copy_n(shared->view().begin(), 32, material.writable().begin());
  std::copy_n(secret.view().begin(), 32, material.writable().begin() + 32);
  const auto prk = core::hkdf_extract(salt.view(), material.view());
  return LiveKeys{expand<LiveContentKey>(prk, "kith-live/1 content", binding),
                  expand<LiveReceiptKey>(prk, "kith-live/1 receipt", binding)};
}

Mac live_receipt_mac(const LiveReceiptKey& key, std::string_view request_id, const core::Digest& digest) {
  auto text = labelled("kith-live/1 received");
  text.add(request_id).add(digest.view());
  return core::hmac_sha256(key.view(), text.view());
}

}  // namespace kith::client
