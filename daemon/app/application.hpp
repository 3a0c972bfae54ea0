#pragma once
// The whole daemon: the only place that constructs. Made in order, torn down in reverse; no globals.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "daemon/app/passed_sockets.hpp"

namespace kith::daemon {

class Router;

class Application {
 public:
  // Opens the data folder, makes keys at the first start, binds the listeners and serves. `clock` and `random` must
  // outlive the application. The error says what is wrong and what to do. What an admin chose in the browser holds
  // where `config` doesn't name it; a domain that can't be started with is given up for the one before.
  // `restart` is called, on any thread, when the application should be stopped and started again; without it, what
  // needs that holds from the next start. `sockets`, where valid, are listened on; they may be closed after stop().
  [[nodiscard]] static core::Expected<std::unique_ptr<Application>> start(const config::Config& config,
                                                                          const core::Clock& clock,
                                                                          core::Random& random, core::Logger log,
                                                                          std::function<void()> restart = {},
                                                                          const PassedSockets& sockets = {});
  // stop(0), if that has not been done.
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  // Ports of the local and the public listener: where 0 was configured, what the kernel gave.
  std::vector<std::uint16_t> ports() const;
  // Everything the two listeners answer.
  const Router& router() const;
  [[nodiscard]] core::Expected<void> reload_certificates();
  // From now on holds what of `config` can change while the daemon runs (config/reload.hpp), but for log.*.
  void take_up(const config::Config& config);
  // Mails go the way `mail` says from now on. On an error, which tells what can't be used, they go the old one.
  [[nodiscard]] core::Expected<void> take_up_mail(config::Mail mail);
  // Gives event threads, worker pools and database a little to do each. `answered` is called on any thread once all
  // have done it, with a line on how things stand; never when one of them hangs.
  void ask_for_life(std::function<void(std::string status)> answered);
  // Takes no more requests, lets running ones finish for up to `grace`, then stops everything. Blocks; idempotent.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Parts;
  explicit Application(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace kith::daemon
