#pragma once
// What names a session on the wire. Half of it marks it as made here, so that an instance whose sessions ended with a
// restart can still tell one of its own from a forged one. Stateless functions, thread-safe.

#include "core/bytes.hpp"
#include "core/crypto/ed25519.hpp"
#include "core/random.hpp"
#include "core/secret.hpp"
#include "federation/identifiers.hpp"

namespace kith::federation {

// Chosen by the answering side; the header Kith-Session has it in base64url.
using SessionId = core::FixedBytes<16, struct SessionIdTag>;

using SessionMarkKey = core::Secret<32, struct SessionMarkKeyTag>;

SessionMarkKey session_mark_key(const core::SigningKey& instance_key);
// 8 random bytes, and 8 of their HMAC under `key`.
SessionId make_session_id(core::Random& random, const SessionMarkKey& key);
bool is_session_id_of(const SessionMarkKey& key, const SessionId& id);

}  // namespace kith::federation
