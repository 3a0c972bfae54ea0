#include "daemon/cli/serve.hpp"

#include <sys/resource.h>

#include <csignal>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/app/application.hpp"

namespace kith::daemon {
namespace {

constexpr std::chrono::seconds kGrace{30};
// Nobody is connected yet when the domain changes, and both listeners are closed meanwhile.
constexpr std::chrono::seconds kRestartGrace{5};
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

// Until `application` is to stop: true when it is to start again.
bool serve_until_stop(Application& application, const sigset_t& signals, const core::Logger& log) {
  for (;;) {
    const int signal = wait_for(signals);
    if (signal != SIGHUP) return signal == kRestart;
    if (const auto done = application.reload_certificates()) {
      log.info("certificates read anew");
    } else {
      log.error("certificates could not be read, the old ones stay", {{"detail", done.error().detail}});
    }
  }
}

}  // namespace

core::Expected<void> serve(const config::Config& config) {
  const auto signals = block_signals();
  raise_descriptor_limit();
  core::Logger log(config.log.level, config.log.format);
  core::SystemClock clock;
  core::SystemRandom random;
  const auto restart = [main_thread = pthread_self()] { pthread_kill(main_thread, kRestart); };
  for (;;) {
    KITH_TRY_ASSIGN(application, Application::start(config, clock, random, log, restart));
    const bool again = serve_until_stop(*application, signals, log);
    const auto grace = again ? kRestartGrace : kGrace;
    log.info(again ? "starting again: running transfers may finish" : "stopping: running transfers may finish",
             {{"seconds", static_cast<long>(grace.count())}});
    if (!again) {
      // From here on a second signal ends the process the ordinary way.
      for (const int signal : {SIGHUP, kRestart}) ::signal(signal, SIG_IGN);  // they change nothing any more
      pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    }
    application->stop(grace);
    if (!again || end_is_pending(signals)) break;
  }
  log.info("stopped");
  return {};
}

}  // namespace kith::daemon
