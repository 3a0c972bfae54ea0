#include "daemon/http/acceptor.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

namespace kith::daemon {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr int kPauseMs = 50;  // before looking again when there is no place or no descriptor
constexpr std::chrono::minutes kWarningEvery{1};

// IPv4 clients of an IPv6 socket appear as IPv4.
std::string address_text(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr, text.data(), text.size());
  } else if (storage.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      inet_ntop(AF_INET, address.s6_addr + 12, text.data(), text.size());
    } else {
      inet_ntop(AF_INET6, &address, text.data(), text.size());
    }
  } else {
    return std::string(kUnixPeer);
  }
  return text.data();
}

// Failures are no reason to refuse a client: it is served, a little worse.
void set_options(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Where the kernel would try for a quarter of an hour: responses that wait most of the time are many by then.
  const unsigned vanished = kVanishedMs;
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &vanished, sizeof vanished);
}

}  // namespace

Acceptor::Acceptor(std::vector<Listener>& listeners, ServerContext& context, EventLoops& loops)
    : listeners_(listeners),
      context_(context),
      loops_(loops),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_([this] { run(); }) {}

void Acceptor::stop() {
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  if (thread_.joinable()) thread_.join();
}

void Acceptor::run() {
  ::pthread_setname_np(::pthread_self(), "kith-accept");
  watched_.push_back({wake_.get(), POLLIN, 0});
  for (const auto& listener : listeners_) watched_.push_back({listener.socket.descriptor(), POLLIN, 0});
  while (!stopping_) {
    if (!wait()) continue;
    for (std::size_t i = 1; i < watched_.size(); ++i) {
      if (watched_[i].revents == 0) continue;
      try {
        accept_from(listeners_[i - 1]);
      } catch (const std::exception& error) {
        context_.logger.error("accepting a connection failed", {{"what", error.what()}});
      }
    }
  }
}

// Until somebody comes where there is room; false when there is nothing to accept yet.
bool Acceptor::wait() {
  const bool pause = std::exchange(out_of_descriptors_, false);
  bool any_full = false;
  for (std::size_t i = 1; i < watched_.size(); ++i) {
    const auto& listener = listeners_[i - 1];
    const bool full = pause || context_.count.full(listener.kind);
    watched_[i].fd = full ? -1 : listener.socket.descriptor();  // poll() leaves out what is negative
    any_full = any_full || full;
  }
  return ::poll(watched_.data(), watched_.size(), any_full ? kPauseMs : -1) > 0;
}

void Acceptor::ran_out() {
  out_of_descriptors_ = true;
  const auto now = context_.clock.steady();
  if (warned_ && now - *warned_ < kWarningEvery) return;
  warned_ = now;
  context_.logger.warning("no descriptor or memory left for another connection");
}

void Acceptor::accept_from(const Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn && !context_.count.full(listener.kind); ++i) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    UniqueFd fd(::accept4(listener.socket.descriptor(), reinterpret_cast<sockaddr*>(&storage), &length,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) ran_out();
      return;
    }
    auto peer = address_text(storage);
    const bool limited = peer != kUnixPeer && !context_.proxies.contains(peer);
    auto place = context_.count.enter(listener.kind, limited ? peer : std::string{});
    if (!place) continue;  // closes it: this address has enough
    if (storage.ss_family != AF_UNIX) set_options(fd.get());
    SslPtr ssl = listener.tls ? listener.tls->accept(fd.get()) : nullptr;
    if (listener.tls && !ssl) continue;
    loops_.adopt({std::move(fd), std::move(ssl), listener.kind, std::move(peer), std::move(*place)});
  }
}

}  // namespace kith::daemon
