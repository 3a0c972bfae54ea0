#include "daemon/cli/serve.hpp"

#include <sys/resource.h>

#include <csignal>
#include <optional>

#include "config/reload.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/app/application.hpp"
#include "daemon/app/service_manager.hpp"
#include "daemon/app/service_reporter.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

constexpr std::chrono::seconds kGrace{30};
// Nobody is connected yet when the domain changes, and both listeners are closed meanwhile.
constexpr std::chrono::seconds kRestartGrace{5};
// For what comes after the transfers.
constexpr std::chrono::seconds kTearDown{30};
// What the application sends to this process when it wants to start again.
constexpr int kRestart = SIGUSR1;

// Signals are taken with sigwait on this thread, so every other thread has them blocked from the start.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, kRestart}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return set;
}

// Each connection, open file and blob takes a descriptor; the default soft limit of 1024 is for programs with select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int wait_for(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

bool asks_to_end(int signal) {
  return signal == SIGTERM || signal == SIGINT;
}

// Whether the end was asked for while nobody waited. What else was asked for, a start does anyway.
bool end_is_pending(const sigset_t& signals) {
  const timespec at_once{};
  for (;;) {
    const int signal = sigtimedwait(&signals, nullptr, &at_once);
    if (signal < 0 || asks_to_end(signal)) return signal > 0;
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

// The daemon, start after start.
class Service {
 public:
  Service(const config::Config& config, const ReadConfig& read_config, PassedSockets sockets)
      : running_(config),
        latest_(config),
        read_config_(read_config),
        sockets_(std::move(sockets)),
        log_(config.log.level, config.log.format),
        manager_(take_service_environment()) {}

  Expected<void> run(const sigset_t& signals);

 private:
  bool serve_until_stop(Application& application, const sigset_t& signals);
  void reload(Application& application);
  void announce_end(bool again, std::chrono::seconds grace) const;

  config::Config running_;  // what holds
  config::Config latest_;   // what was read last, and holds from the next start
  const ReadConfig& read_config_;
  const PassedSockets sockets_;
  const core::Logger log_;
  const ServiceManager manager_;
  core::SystemClock clock_;
  core::SystemRandom random_;
};

Expected<void> Service::run(const sigset_t& signals) {
  const auto restart = [main_thread = pthread_self()] { pthread_kill(main_thread, kRestart); };
  for (;;) {
    running_ = latest_;
    KITH_TRY_ASSIGN(application, Application::start(running_, clock_, random_, log_, restart, sockets_));
    std::optional<ServiceReporter> reporter;
    reporter.emplace(manager_, [&application = *application](auto answered) { application.ask_for_life(answered); });
    const bool again = serve_until_stop(*application, signals);
    reporter.reset();
    const auto grace = again ? kRestartGrace : kGrace;
    announce_end(again, grace);
    if (!again) {
      // From here on a second signal ends the process the ordinary way.
      for (const int signal : {SIGHUP, kRestart}) ::signal(signal, SIG_IGN);  // they change nothing any more
      pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    }
    application->stop(grace);
    if (!again || end_is_pending(signals)) break;
  }
  log_.info("stopped");
  return {};
}

// Until `application` is to stop: true when it is to start again.
bool Service::serve_until_stop(Application& application, const sigset_t& signals) {
  for (;;) {
    const int signal = wait_for(signals);
    if (signal != SIGHUP) return signal == kRestart;
    manager_.reloading();
    reload(application);
    manager_.ready();
  }
}

void Service::reload(Application& application) {
  const auto fresh = read_config_();
  if (!fresh) {
    log_.error("the configuration has a mistake, nothing has changed", {{"detail", fresh.error().detail}});
    return;
  }
  latest_ = *fresh;
  if (const auto done = application.take_up_mail(latest_.mail); !done) {
    log_.error("the settings of mail can't be used, the old ones stay", {{"detail", done.error().detail}});
    latest_.mail = running_.mail;
  }
  const auto changes = config::take_up(running_, latest_);
  log_.set(running_.log.level, running_.log.format);
  application.take_up(running_);
  if (const auto done = application.reload_certificates()) {
    log_.info("certificates read anew");
  } else {
    log_.error("certificates could not be read, the old ones stay", {{"detail", done.error().detail}});
  }
  for (const auto& key : changes.need_restart) log_.warning(key + " needs a restart: the old value holds until then");
  log_.info("configuration read anew", {{"changed", listed(changes.taken_up)}});
}

void Service::announce_end(bool again, std::chrono::seconds grace) const {
  log_.info(again ? "starting again: running transfers may finish" : "stopping: running transfers may finish",
            {{"seconds", static_cast<long>(grace.count())}});
  if (again) {
    manager_.reloading();
    manager_.status("Starting again: running transfers may finish");
  } else {
    manager_.stopping(grace + kTearDown);
    manager_.status("Stopping: running transfers may finish");
  }
}

}  // namespace

core::Expected<void> serve(const config::Config& config, const ReadConfig& read_config) {
  KITH_TRY_ASSIGN(passed, take_passed_sockets());
  KITH_TRY_ASSIGN(sockets, sort_passed_sockets(std::move(passed), config.listen));
  const auto signals = block_signals();
  raise_descriptor_limit();
  return Service(config, read_config, std::move(sockets)).run(signals);
}

}  // namespace kith::daemon
