#include "daemon/http/server.hpp"

#include <csignal>
#include <mutex>
#include <thread>

#include "daemon/http/acceptor.hpp"
#include "daemon/http/event_loop.hpp"
#include "daemon/http/server_context.hpp"

namespace kith::daemon {
namespace {

core::Expected<Listener> open_listener(const ListenerOptions& options) {
  auto socket = options.descriptor >= 0 ? ListenSocket::adopt(options.descriptor) : ListenSocket::open(options.address);
  if (!socket) return tl::make_unexpected(socket.error());
  Listener listener{options.kind, std::move(*socket), nullptr};
  if (!options.certificate.empty()) {
    KITH_TRY_ASSIGN(tls, TlsContext::load(options.certificate, options.key));
    listener.tls = std::move(tls);
  }
  return listener;
}

}  // namespace

// In the order of construction; torn down in reverse.
struct HttpServer::Parts {
  ServerContext context;
  std::vector<Listener> listeners;
  std::vector<std::uint16_t> ports;
  std::unique_ptr<EventLoops> loops;
  std::unique_ptr<Acceptor> acceptor;
  std::mutex drain_mutex;  // one drain at a time
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

core::Expected<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, const Router& router,
                                                              core::WorkerPool& handlers, core::WorkerPool& disk,
                                                              const core::Clock& clock, core::Random& random,
                                                              core::Logger logger) {
  // sendfile and OpenSSL have no flag against it: a client that goes must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  KITH_TRY_ASSIGN(proxies, TrustedProxies::parse(options.trusted_proxies));
  std::unique_ptr<Parts> parts(
      new Parts{{std::move(options), std::move(proxies), router, handlers, disk, clock, random, std::move(logger)},
                {},
                {},
                nullptr,
                nullptr,
                {}});
  for (const auto& wanted : parts->context.options.listeners) {
    KITH_TRY_ASSIGN(listener, open_listener(wanted));
    parts->ports.push_back(listener.socket.port());
    parts->listeners.push_back(std::move(listener));
  }
  try {
    parts->loops = std::make_unique<EventLoops>(parts->context);
    parts->acceptor = std::make_unique<Acceptor>(parts->listeners, parts->context, *parts->loops);
  } catch (const std::exception& error) {
    return core::fail(core::ErrorCode::internal, std::string("cannot start the event threads: ") + error.what());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

HttpServer::~HttpServer() {
  drain(std::chrono::milliseconds{0});
}

std::vector<std::uint16_t> HttpServer::ports() const {
  return parts_->ports;
}

core::Expected<void> HttpServer::reload_certificates() {
  // All are looked at before any is taken up.
  for (const auto& listener : parts_->listeners) {
    if (listener.tls) KITH_TRY(listener.tls->check());
  }
  for (const auto& listener : parts_->listeners) {
    if (listener.tls) KITH_TRY(listener.tls->reload());
  }
  return {};
}

std::optional<core::Digest> HttpServer::certificate_spki(ListenerKind kind) const {
  for (const auto& listener : parts_->listeners) {
    if (listener.kind == kind && listener.tls) return listener.tls->spki();
  }
  return std::nullopt;
}

void HttpServer::drain(std::chrono::milliseconds grace) {
  const std::lock_guard lock(parts_->drain_mutex);
  parts_->acceptor->stop();
  // Clients are refused from here on instead of waiting in the kernel's queue. TLS contexts stay for those still here.
  for (auto& listener : parts_->listeners) listener.socket.close();
  parts_->context.draining = true;
  parts_->loops->drain();
  parts_->context.count.wait_until_none(std::chrono::steady_clock::now() + grace);
  parts_->loops->cut();
}

void HttpServer::set_limits(std::size_t connections, std::size_t per_address) {
  parts_->context.count.set(connections, per_address);
}

std::size_t HttpServer::running_transfers() const {
  return parts_->context.transfers;
}

void HttpServer::ask_event_threads(const std::function<void()>& answered) {
  parts_->loops->ask(answered);
}

std::size_t HttpServer::event_threads() const {
  return parts_->loops->count();
}

std::size_t HttpServer::open_connections() const {
  return parts_->context.count.open();
}

}  // namespace kith::daemon
