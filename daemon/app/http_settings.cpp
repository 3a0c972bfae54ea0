#include "daemon/app/http_settings.hpp"

#include "daemon/app/allowed_hosts.hpp"

namespace kith::daemon {
namespace {

ListenerOptions listener(ListenerKind kind, const std::string& address, const std::optional<config::TlsFiles>& tls) {
  ListenerOptions options;
  options.kind = kind;
  options.address = address;
  if (tls) {
    options.certificate = tls->certificate;
    options.key = tls->key;
  }
  return options;
}

}  // namespace

HttpOptions http_options(const config::Config& config, const core::Logger& log, const PassedSockets& sockets) {
  HttpOptions options;
  options.listeners.push_back(listener(ListenerKind::local, config.listen.local, config.listen.local_tls));
  options.listeners.back().descriptor = sockets.local.get();
  options.listeners.push_back(listener(ListenerKind::public_, config.listen.public_, config.listen.public_tls));
  options.listeners.back().descriptor = sockets.public_.get();
  options.limits.connections = static_cast<std::size_t>(config.limits.max_connections);
  options.limits.connections_per_address = static_cast<std::size_t>(config.limits.max_connections_per_address);
  options.event_threads = static_cast<std::size_t>(config.limits.event_threads);
  options.trusted_proxies = config.trusted_proxies;
  options.serves_host = [hosts = AllowedHosts(config)](ListenerKind kind, const std::string& host) {
    return kind == ListenerKind::public_ || hosts.allow(host);
  };
  options.on_finished = [log](const FinishedRequest& request) {
    log.debug("request", {{"method", request.method},
                          {"route", request.route},
                          {"status", request.status},
                          {"client", request.client},
                          {"microseconds", static_cast<long>(request.duration.count())},
                          {"request_id", request.request_id}});
  };
  return options;
}

std::string web_url(const config::Config& config) {
  if (!config.web.url.empty()) return config.web.url;
  return (config.listen.local_tls ? "https://" : "http://") + config.listen.local;
}

}  // namespace kith::daemon
