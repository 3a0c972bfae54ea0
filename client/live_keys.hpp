#pragma once
// The keys and MACs of live transfers (docs/live.md, "Conventions"): everything comes of the secret in the link, by
// which each side knows that the other has it too. Pure functions, thread-safe. MACs are compared with core::mac_equal.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "client/live_link.hpp"
#include "core/crypto/hmac.hpp"
#include "core/crypto/sha256.hpp"
#include "core/crypto/x25519.hpp"

namespace kith::client {

using LiveAuthKey = core::Secret<32, struct LiveAuthKeyTag>;        // MACs of listing and keys
using LiveContentKey = core::Secret<32, struct LiveContentKeyTag>;  // seals chunks of one opening
using LiveReceiptKey = core::Secret<32, struct LiveReceiptKeyTag>;
using LiveSalt = core::FixedBytes<32, struct LiveSaltTag>;  // fresh for each opening

struct LiveFile {
  std::string name;
  std::optional<std::uint64_t> size;  // bytes; nothing: a stream whose length nobody knows
  std::string type;                   // media type
};

// Which request a key belongs to.
struct LiveBinding {
  std::string live_id;
  std::string request_id;
  std::uint64_t file = 0;  // its place in the listing, from 0
  core::BoxPublicKey receiver_key;
  core::BoxPublicKey sender_key;
};

// What the sender says when it opens, but for its key, which is in the binding.
struct LiveTerms {
  LiveSalt salt;
  std::optional<std::uint64_t> chunks;  // the closing one included; nothing: nobody knows
  std::uint64_t from = 0;               // the first chunk that comes
};

struct LiveKeys {
  LiveContentKey content;
  LiveReceiptKey receipt;
};

LiveAuthKey live_auth_key(const LiveSecret& secret);
core::Mac live_files_mac(const LiveAuthKey& key, std::span<const LiveFile> files);
core::Mac live_receiver_mac(const LiveAuthKey& key, std::string_view live_id, std::uint64_t file,
                            const core::BoxPublicKey& receiver_key);
core::Mac live_sender_mac(const LiveAuthKey& key, const LiveBinding& binding, const LiveTerms& terms);

// `own` is the secret key of one of the two in `binding`, `other` the public key of the other one. not_authentic for a
// key that gives an all-zero result.
[[nodiscard]] core::Expected<LiveKeys> live_keys(const core::BoxSecretKey& own, const core::BoxPublicKey& other,
                                                 const LiveSecret& secret, const LiveSalt& salt,
                                                 const LiveBinding& binding);
core::Mac live_receipt_mac(const LiveReceiptKey& key, std::string_view request_id, const core::Digest& digest);

}  // namespace kith::client
