// Names, ports and the clock. What others may let us wait for is bounded.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>

#include "daemon/doctor/probes.hpp"
#include "federation/net/address_policy.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Outcome = ReachFacts::Outcome;

std::string numeric(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address->sa_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  if (address->sa_family == AF_INET6)
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
  return text;
}

// An address for the calls about sockets.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// Nothing when it is no numeric address.
std::optional<SocketAddress> socket_address(const std::string& address, std::uint16_t port) {
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out.length = sizeof *v4;
    return out;
  }
  if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  out.length = sizeof *v6;
  return out;
}

storage::Descriptor datagram_socket(const SocketAddress& address) {
  return storage::Descriptor(::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

// A socket may be bound to this machine's own addresses only. (Reading the list of them takes netlink, which the
// service may not use.)
bool is_own(const std::string& address) {
  const auto wanted = socket_address(address, 0);
  if (!wanted) return false;
  const auto socket = datagram_socket(*wanted);
  return socket && ::bind(socket.get(), wanted->get(), wanted->length) == 0;
}

// The address of ours that packets to `address` would come from; empty when there is no way. Sends nothing.
std::string source_towards(const std::string& address) {
  const auto there = socket_address(address, 443);
  if (!there) return {};
  const auto socket = datagram_socket(*there);
  SocketAddress here;
  here.length = sizeof here.storage;
  if (!socket || ::connect(socket.get(), there->get(), there->length) != 0 ||
      ::getsockname(socket.get(), here.get(), &here.length) != 0)
    return {};
  return numeric(here.get());
}

// As far as they matter to where a name leads.
std::vector<std::string> own_addresses(const std::vector<std::string>& led_to) {
  std::vector<std::string> own;
  for (const auto& address : led_to) {
    if (is_own(address)) own.push_back(address);
    if (auto source = source_towards(address); !source.empty()) own.push_back(std::move(source));
  }
  return own;
}

// What a name leads to, as the resolver of this machine says.
struct Resolved {
  DnsFacts::Outcome outcome = DnsFacts::Outcome::no_answer;
  std::vector<std::string> addresses;
};

Resolved resolve(const std::string& host) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code == EAI_NONAME || code == EAI_NODATA) return {DnsFacts::Outcome::not_found, {}};
  if (code != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  Resolved resolved{DnsFacts::Outcome::found, {}};
  for (const auto* one = list; one != nullptr; one = one->ai_next) resolved.addresses.push_back(numeric(one->ai_addr));
  std::ranges::sort(resolved.addresses);
  const auto [first, last] = std::ranges::unique(resolved.addresses);
  resolved.addresses.erase(first, last);
  return resolved;
}

// getaddrinfo() can't be given a time, nor called off: its thread is left behind when it takes too long, and ends by
// itself when the resolver gives up.
Resolved resolve_within(const std::string& host, milliseconds patience) {
  struct Shared {
    std::mutex mutex;  // guards both below
    std::condition_variable came;
    std::optional<Resolved> resolved;
  };
  const auto shared = std::make_shared<Shared>();
  std::thread([shared, host] {
    auto resolved = resolve(host);
    const std::lock_guard lock(shared->mutex);
    shared->resolved = std::move(resolved);
    shared->came.notify_all();
  }).detach();
  std::unique_lock lock(shared->mutex);
  shared->came.wait_for(lock, patience, [&] { return shared->resolved.has_value(); });
  return shared->resolved.value_or(Resolved{});
}

Outcome connect_within(const sockaddr* address, socklen_t length, milliseconds patience) {
  const storage::Descriptor socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return Outcome::timed_out;
  if (::connect(socket.get(), address, length) == 0) return Outcome::connected;
  if (errno == ECONNREFUSED) return Outcome::refused;
  if (errno != EINPROGRESS) return Outcome::timed_out;
  pollfd wait{socket.get(), POLLOUT, 0};
  if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return Outcome::timed_out;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return Outcome::timed_out;
  if (error == 0) return Outcome::connected;
  return error == ECONNREFUSED ? Outcome::refused : Outcome::timed_out;
}

Outcome connect_to(const std::string& address, std::uint16_t port, milliseconds patience) {
  const auto there = socket_address(address, port);
  return there ? connect_within(there->get(), there->length, patience) : Outcome::not_resolved;
}

Outcome connect_to_socket(const std::string& path, milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Outcome::not_resolved;
  std::memcpy(address.sun_path, path.data(), path.size());
  return connect_within(reinterpret_cast<const sockaddr*>(&address), sizeof address, patience);
}

}  // namespace

DnsFacts probe_dns(const config::Config& config, milliseconds patience) {
  DnsFacts facts;
  const auto place = public_place(config.instance.domain);
  facts.host = place ? place->host : config.instance.domain;
  facts.allow_private = config.federation.allow_private_addresses;
  facts.behind_proxy = !config.trusted_proxies.empty();
  if (federation::classify_address(facts.host)) {
    facts.outcome = DnsFacts::Outcome::found;
    facts.addresses = {facts.host};
    facts.own = own_addresses(facts.addresses);
    return facts;
  }
  auto resolved = resolve_within(facts.host, patience);
  facts.outcome = resolved.outcome;
  facts.addresses = std::move(resolved.addresses);
  facts.own = own_addresses(facts.addresses);
  return facts;
}

ReachFacts::Outcome probe_reach(const DnsFacts& facts, std::uint16_t port, milliseconds patience) {
  auto outcome = Outcome::not_resolved;
  const auto end = steady_clock::now() + patience;
  for (const auto& address : facts.addresses) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left <= milliseconds{0}) break;
    outcome = connect_to(address, port, left);
    if (outcome == Outcome::connected) break;
  }
  return outcome;
}

bool probe_listener(const std::string& address, milliseconds patience) {
  constexpr std::string_view kUnix = "unix:";
  if (address.starts_with(kUnix))
    return connect_to_socket(address.substr(kUnix.size()), patience) == Outcome::connected;
  const auto place = public_place(address);
  if (!place) return false;
  auto host = place->host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return connect_to(host, place->port, patience) == Outcome::connected;
}

// /proc/locks names the file by device and number: "1: FLOCK ADVISORY WRITE 4711 08:01:1234 0 EOF". Trying the lock
// would keep a daemon that starts right now from getting it.
bool probe_running(const DataFiles& files) {
  struct stat status {};
  if (::stat((files.directory() / "lock").c_str(), &status) != 0) return false;
  char wanted[64];
  std::snprintf(wanted, sizeof wanted, " %02x:%02x:%ju ", major(status.st_dev), minor(status.st_dev),
                static_cast<std::uintmax_t>(status.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("FLOCK") != std::string::npos && line.find(wanted) != std::string::npos) return true;
  }
  return false;
}

ClockFacts probe_clock() {
  timex state{};
  const int answer = ::adjtimex(&state);
  // A service that may not set the clock may not ask either; systemd-timesyncd says it to everybody.
  if (answer < 0)
    return {::access("/run/systemd/timesync/synchronized", F_OK) == 0 ? std::optional(true) : std::nullopt};
  return {answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0};
}

}  // namespace kith::daemon
