#include "daemon/http/acceptor.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <exception>

namespace kith::daemon {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr int kPauseMs = 50;  // before looking again when there is no place or no descriptor

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
  std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
  for (const auto& listener : listeners_) watched.push_back({listener.socket.descriptor(), POLLIN, 0});
  while (!stopping_) {
    if (out_of_descriptors_ || context_.count.full()) {
      out_of_descriptors_ = false;
      ::poll(watched.data(), 1, kPauseMs);
      continue;
    }
    if (::poll(watched.data(), watched.size(), -1) <= 0) continue;
    for (std::size_t i = 1; i < watched.size(); ++i) {
      if (watched[i].revents == 0) continue;
      try {
        accept_from(listeners_[i - 1]);
      } catch (const std::exception& error) {
        context_.logger.error("accepting a connection failed", {{"what", error.what()}});
      }
    }
  }
}

void Acceptor::accept_from(const Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn && !context_.count.full(); ++i) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    UniqueFd fd(::accept4(listener.socket.descriptor(), reinterpret_cast<sockaddr*>(&storage), &length,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) {
      out_of_descriptors_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (out_of_descriptors_) context_.logger.warning("no descriptor or memory left for another connection");
      return;
    }
    auto peer = address_text(storage);
    const bool limited = peer != kUnixPeer && !context_.proxies.contains(peer);
    auto place = context_.count.enter(limited ? peer : std::string{});
    if (!place) continue;  // closes it: this address has enough
    const int on = 1;
    if (storage.ss_family != AF_UNIX) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SslPtr ssl = listener.tls ? listener.tls->accept(fd.get()) : nullptr;
    if (listener.tls && !ssl) continue;
    loops_.adopt({std::move(fd), std::move(ssl), listener.kind, std::move(peer), std::move(*place)});
  }
}

}  // namespace kith::daemon
