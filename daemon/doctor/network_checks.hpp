#pragma once
// What can be wrong between this machine and the others: names, ports, proxies, the clock. Facts in, verdict out: pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "daemon/doctor/check.hpp"

namespace kith::daemon {

// instance.domain, taken apart: a name or a numeric address without brackets, and the port peers connect to.
struct PublicPlace {
  std::string host;
  std::uint16_t port = 443;
};
// Nothing when it is no host[:port].
std::optional<PublicPlace> public_place(const std::string& domain);

struct DnsFacts {
  enum class Outcome : std::uint8_t { found, not_found, no_answer };
  std::string host;
  Outcome outcome = Outcome::no_answer;
  std::vector<std::string> addresses;  // what the name leads to, numeric
  std::vector<std::string> own;        // of this machine, as far as they matter
  bool allow_private = false;          // federation.allow_private_addresses
  bool behind_proxy = false;           // trusted_proxies is set
};
Check check_dns(const DnsFacts& facts);

struct ListenerFacts {
  std::string key;      // of the configuration: "listen.public"
  std::string address;  // as configured
  bool answers = false;
};
struct PortFacts {
  bool running = false;  // a kithd has this data folder
  std::vector<ListenerFacts> listeners;
};
Check check_ports(const PortFacts& facts);

struct ReachFacts {
  enum class Outcome : std::uint8_t { connected, refused, timed_out, not_resolved };
  std::string domain;
  Outcome outcome = Outcome::timed_out;
  bool running = false;
  bool own_address = false;                     // the name leads to an address of this very machine
  bool polls = false;                           // federation.delivery: poll
  std::optional<core::Timestamp> last_contact;  // when another instance got through
  core::Timestamp now{};
};
Check check_reachable(const ReachFacts& facts);

struct ProxyFacts {
  bool trusted_proxies = false;
  bool public_wildcard = false;            // listen.public is open on all addresses
  bool public_tls = false;                 // by kithd itself
  std::optional<std::string> not_trusted;  // who sent X-Forwarded-For without being trusted
};
Check check_proxy(const ProxyFacts& facts);

struct ClockFacts {
  std::optional<bool> synchronised;  // as the kernel says; nothing: it doesn't
};
Check check_clock(const ClockFacts& facts);

}  // namespace kith::daemon
