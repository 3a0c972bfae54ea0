#include "federation/session/session_ids.hpp"

#include <algorithm>

#include "core/crypto/hmac.hpp"

namespace kith::federation {
namespace {

constexpr std::size_t kHalf = SessionId::kSize / 2;

void put_mark(SessionId& id, const SessionMarkKey& key) {
  const auto mac = core::hmac_sha256(key.view(), id.view().first(kHalf));
  std::copy_n(mac.data.begin(), kHalf, id.data.begin() + kHalf);
}

}  // namespace

SessionMarkKey session_mark_key(const core::SigningKey& instance_key) {
  const auto extracted = core::hkdf_extract({}, instance_key.seed().view());
  const auto key = core::hkdf_expand(extracted, "kith session mark 1");
  return SessionMarkKey(std::span<const std::uint8_t, 32>(key.view()));
}

SessionId make_session_id(core::Random& random, const SessionMarkKey& key) {
  SessionId id;
  id.data = random.bytes<SessionId::kSize>();
  put_mark(id, key);
  return id;
}

bool is_session_id_of(const SessionMarkKey& key, const SessionId& id) {
  auto marked = id;
  put_mark(marked, key);
  return core::equal_constant_time(marked.view(), id.view());
}

}  // namespace kith::federation
