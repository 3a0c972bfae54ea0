#pragma once
// What carries a mail away, and what may become of it.

#include <cstdint>
#include <string>

namespace kith::accounts {

struct WaitingMail;

struct Delivery {
  enum class Kind : std::uint8_t {
    delivered,
    refused,  // for good: trying again does not help
    again,    // not now
    held_up,  // nothing is wrong with the mail; no mail gets through like this
    stopped,  // ended by stop()
  };
  Kind kind = Kind::delivered;
  std::string error;  // for admins; without the recipient's address

  static Delivery delivered() { return {}; }
  static Delivery refused(std::string error) { return {Kind::refused, std::move(error)}; }
  static Delivery again(std::string error) { return {Kind::again, std::move(error)}; }
  static Delivery held_up(std::string error) { return {Kind::held_up, std::move(error)}; }
  static Delivery stopped() { return {Kind::stopped, {}}; }
};

// A mail server, or a folder.
class MailCarrier {
 public:
  virtual ~MailCarrier() = default;
  // Blocks until it is known. For one thread at a time.
  [[nodiscard]] virtual Delivery deliver(const WaitingMail& mail) = 0;
  // From any thread: a running deliver() ends soon, and later ones at once.
  virtual void stop() = 0;
};

}  // namespace kith::accounts
