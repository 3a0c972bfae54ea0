#pragma once
// Tells somebody else's program something: one POST of JSON, over http or https, to the address the configuration
// names. No redirects, no proxies, no cookies; the answer's body is not read. The certificate of an https address must
// hold. Only webhook.cpp includes curl here. One thread at a time may post; stop() and set_url() are for any.

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

#include "core/error.hpp"

namespace kith::daemon {

class Webhook {
 public:
  // `ca_file`: PEM; empty: the system's trust store.
  Webhook(std::string url, std::string ca_file);
  ~Webhook();
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  bool configured() const { return !url().empty(); }
  // For the next post(). Any thread.
  void set_url(std::string url);
  // Good when the answer is 2xx. The error never holds the address: what follows its host may be a secret. At most 10
  // s.
  [[nodiscard]] core::Expected<void> post(const std::string& json);
  // Ends a running post() within a second, and fails later ones at once.
  void stop() { stopping_ = true; }

 private:
  std::string url() const;

  mutable std::mutex mutex_;  // guards url_
  std::string url_;
  const std::string ca_file_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace kith::daemon
