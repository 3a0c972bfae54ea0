#include "daemon/doctor/network_checks.hpp"

#include <algorithm>
#include <charconv>

#include "federation/net/address_policy.hpp"

namespace kith::daemon {
namespace {

using federation::AddressKind;

constexpr std::chrono::days kContactCounts{30};

bool is_v6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

bool is_public(const std::string& address) {
  return federation::classify_address(address) == AddressKind::public_;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out.append(out.empty() ? "" : ", ").append(one);
  return out;
}

Check dns(CheckState state, std::string code, const DnsFacts& facts, std::string text) {
  return {
      "dns", state, std::move(code), {{"host", facts.host}, {"addresses", joined(facts.addresses)}}, std::move(text)};
}

// A public IPv4 address of this machine, when the name leads to other ones only.
bool leads_elsewhere(const DnsFacts& facts) {
  std::vector<std::string> led, own;
  const auto counts = [](const std::string& address) { return !is_v6(address) && is_public(address); };
  std::ranges::copy_if(facts.addresses, std::back_inserter(led), counts);
  std::ranges::copy_if(facts.own, std::back_inserter(own), counts);
  return !led.empty() && !own.empty() && std::ranges::none_of(led, [&](const auto& one) { return has(own, one); });
}

Check reachable(CheckState state, std::string code, const ReachFacts& facts, std::string text) {
  CheckValues values{{"domain", facts.domain}};
  if (facts.last_contact) values["last_contact"] = core::format_timestamp(*facts.last_contact);
  return {"reachable", state, std::move(code), std::move(values), std::move(text)};
}

}  // namespace

std::optional<PublicPlace> public_place(const std::string& domain) {
  PublicPlace place;
  const bool bracketed = domain.starts_with('[');
  const auto end = bracketed ? domain.find(']') : domain.rfind(':');
  if (bracketed && end == std::string::npos) return std::nullopt;
  place.host = bracketed ? domain.substr(1, end - 1) : domain.substr(0, end);
  if (place.host.empty()) return std::nullopt;
  const auto colon = bracketed ? end + 1 : end;
  if (colon == std::string::npos || colon == domain.size()) return place;
  const char* const first = domain.data() + colon + 1;
  const char* const last = domain.data() + domain.size();
  const auto read = std::from_chars(first, last, place.port);
  if (domain[colon] != ':' || read.ec != std::errc{} || read.ptr != last || place.port == 0) return std::nullopt;
  return place;
}

Check check_dns(const DnsFacts& facts) {
  if (federation::classify_address(facts.host)) {
    return dns(CheckState::ok, "is_an_address", facts,
               facts.host + " is an address, so no name has to be looked up. It has to stay the same for good.");
  }
  if (facts.outcome == DnsFacts::Outcome::not_found) {
    return dns(CheckState::error, "not_found", facts,
               "The name " + facts.host +
                   " leads nowhere. Make an A record (and AAAA for IPv6) for it at your domain's "
                   "provider, or correct instance.domain.");
  }
  if (facts.outcome == DnsFacts::Outcome::no_answer || facts.addresses.empty()) {
    return dns(CheckState::unknown, "no_answer", facts,
               "The name " + facts.host +
                   " could not be looked up in time. Is this machine online, and its resolver "
                   "(/etc/resolv.conf) working?");
  }
  const auto found = joined(facts.addresses);
  if (!facts.allow_private && std::ranges::none_of(facts.addresses, is_public)) {
    return dns(CheckState::warning, "private_only", facts,
               "From here " + facts.host + " leads to " + found +
                   ", which nobody outside can reach. If that is not "
                   "only a line of /etc/hosts, give the name a record with the public address of your connection.");
  }
  const auto stray = std::ranges::find_if(
      facts.addresses, [&](const auto& one) { return is_v6(one) && is_public(one) && !has(facts.own, one); });
  if (stray != facts.addresses.end() && !facts.behind_proxy) {
    return dns(CheckState::warning, "ipv6_not_here", facts,
               "The AAAA record of " + facts.host + " says " + *stray +
                   ", which is no address of this machine. "
                   "Correct it, or take it away: who uses IPv6 can't get here.");
  }
  if (leads_elsewhere(facts) && !facts.behind_proxy) {
    return dns(CheckState::warning, "elsewhere", facts,
               facts.host + " leads to " + found +
                   ", this machine has other public addresses. If the address "
                   "changed, correct the A record or set up dynamic DNS.");
  }
  return dns(CheckState::ok, "ok", facts, facts.host + " leads to " + found + ".");
}

Check check_ports(const PortFacts& facts) {
  const auto port = [&](CheckState state, std::string code, const ListenerFacts& one, std::string text) {
    return Check{"ports", state, std::move(code), {{"key", one.key}, {"address", one.address}}, std::move(text)};
  };
  for (const auto& one : facts.listeners) {
    if (one.answers && !facts.running)
      return port(CheckState::error, "taken", one,
                  "Another program listens on " + one.address +
                      " (ss -tlnp shows which), so kithd can't start. Stop it, or change " + one.key + ".");
    if (!one.answers && facts.running)
      return port(CheckState::error, "not_listening", one,
                  "kithd runs, but nobody listens on " + one.address + ": it was started with another " + one.key +
                      ". Restart it.");
  }
  if (!facts.running)
    return {"ports",
            CheckState::warning,
            "not_running",
            {},
            "kithd does not run; its ports are free. Start it: systemctl start kithd"};
  return {"ports", CheckState::ok, "ok", {}, "kithd listens on both its addresses."};
}

Check check_reachable(const ReachFacts& facts) {
  using Outcome = ReachFacts::Outcome;
  if (facts.last_contact && facts.now - *facts.last_contact < kContactCounts)
    return reachable(CheckState::ok, "ok", facts,
                     "Another instance got through on " + core::format_timestamp(*facts.last_contact) + ".");
  if (facts.polls)
    return reachable(CheckState::ok, "polls", facts,
                     "federation.delivery is poll: this instance asks others itself and need not be reached.");
  if (facts.outcome == Outcome::connected)
    return reachable(CheckState::ok, "ok", facts,
                     "Somebody answers at " + facts.domain +
                         ", asked from this machine. Whether others get through, "
                         "only they can tell.");
  if (facts.outcome == Outcome::not_resolved)
    return reachable(CheckState::unknown, "not_resolved", facts,
                     facts.domain + " could not be tried, as its name was not found.");
  if (facts.outcome == Outcome::refused && facts.own_address && facts.running)
    return reachable(CheckState::error, "refused", facts,
                     "Nothing listens at " + facts.domain +
                         ", which is this very machine. The port of instance.domain "
                         "(443 if it names none) must be that of listen.public, or of the proxy in front of it.");
  if (!facts.running)
    return reachable(CheckState::unknown, "not_running", facts,
                     "kithd does not run, so " + facts.domain + " can't be tried. Start it and ask again.");
  return reachable(
      CheckState::unknown, "no_connection", facts,
      "No connection to " + facts.domain +
          " from this machine. Many routers don't let a house call its "
          "own public address, so this may be fine: try from outside (mobile data). If it fails there too, "
          "forward the port in the router and open it in the firewall.");
}

Check check_proxy(const ProxyFacts& facts) {
  const auto proxy = [](CheckState state, std::string code, std::string text, CheckValues values = {}) {
    return Check{"proxy", state, std::move(code), std::move(values), std::move(text)};
  };
  if (facts.not_trusted) {
    return proxy(CheckState::warning, "not_trusted",
                 "Requests from " + *facts.not_trusted +
                     " say whom they are forwarded for, but that address is not in "
                     "trusted_proxies: all clients count as one. If it is your reverse proxy, add it.",
                 {{"address", *facts.not_trusted}});
  }
  if (facts.trusted_proxies && facts.public_wildcard && !facts.public_tls) {
    return proxy(CheckState::warning, "open_to_all",
                 "There is a reverse proxy, but listen.public takes unencrypted connections from everywhere, past it. "
                 "Let it listen on the proxy's side only, such as 127.0.0.1:8471, unless the firewall does that.");
  }
  if (!facts.trusted_proxies) return proxy(CheckState::ok, "none", "There is no reverse proxy in trusted_proxies.");
  return proxy(CheckState::ok, "ok", "The reverse proxy in front is trusted and can't be passed by.");
}

Check check_clock(const ClockFacts& facts) {
  if (!facts.synchronised)
    return {"clock", CheckState::unknown, "not_known", {}, "The kernel does not tell whether the clock is right."};
  if (!*facts.synchronised)
    return {"clock",
            CheckState::warning,
            "not_synchronised",
            {},
            "Nothing keeps the clock of this machine right; other instances refuse messages that are five minutes off. "
            "Run: timedatectl set-ntp true"};
  return {"clock", CheckState::ok, "ok", {}, "The clock is kept right."};
}

}  // namespace kith::daemon
