#pragma once
// Slows down whoever tries codes of live transfers: by address, and only those that are not known, since many receivers
// may share an address with one who guesses. Thread-safe.

#include <mutex>

#include "accounts/throttle.hpp"
#include "core/clock.hpp"
#include "daemon/http/message.hpp"

namespace kith::daemon {

class LiveDoor {
 public:
  explicit LiveDoor(const core::Clock& clock);  // borrowed

  // What a call with a code came to, as its caller is told: not_found counts, and after many of them it is
  // too_many_requests. All else passes.
  template <class T>
  [[nodiscard]] core::Expected<T> pass(const Request& request, core::Expected<T> result) {
    if (!result && result.error().code == core::ErrorCode::not_found) {
      return tl::make_unexpected(refuse_stranger(request));
    }
    return result;
  }

 private:
  core::Error refuse_stranger(const Request& request);

  const core::Clock& clock_;
  std::mutex mutex_;  // guards strangers_
  accounts::FailureTable strangers_;
};

}  // namespace kith::daemon
