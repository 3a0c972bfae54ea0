#pragma once
// Lets outsiders in: reads the token and the password of a request and opens the exchange they are for. Who comes with
// unknown tokens again and again is made to wait, by address; a good token is let in all the same, since many outsiders
// may share an address with one who guesses. Thread-safe.

#include <mutex>

#include "accounts/throttle.hpp"
#include "assets/exchanges.hpp"
#include "core/clock.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

class ExchangeDoor {
 public:
  // Both are borrowed and outlive this.
  ExchangeDoor(assets::Exchanges& exchanges, const core::Clock& clock);

  // `Authorization: Bearer <token>`, and `X-Kith-Password`, percent-encoded UTF-8, where there is one. unauthorized
  // without a known token, too_many_requests after many such, bad_request for a field that is not well-formed; else as
  // Exchanges::visit.
  [[nodiscard]] core::Expected<assets::ExchangeVisit> visit(const Request& request);

 private:
  core::Error refuse_stranger(const Request& request);

  assets::Exchanges& exchanges_;
  const core::Clock& clock_;
  std::mutex mutex_;  // guards strangers_
  accounts::FailureTable strangers_;
};

// The token's text in `Authorization: Bearer`; nothing when there is none or more than one.
std::optional<std::string_view> exchange_token_in(const Headers& headers);
// The password in X-Kith-Password; nothing when there is none or an empty one.
[[nodiscard]] core::Expected<std::optional<std::string>> exchange_password_in(const Headers& headers);

}  // namespace kith::daemon
