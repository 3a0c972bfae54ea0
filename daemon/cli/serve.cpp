#include "daemon/cli/serve.hpp"

#include <sys/resource.h>

#include <csignal>

#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/app/application.hpp"

namespace kith::daemon {
namespace {

constexpr std::chrono::seconds kGrace{30};

// Signals are taken with sigwait on this thread, so every other thread has them blocked from the start.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
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

}  // namespace

core::Expected<void> serve(const config::Config& config) {
  const auto signals = block_signals();
  raise_descriptor_limit();
  core::Logger log(config.log.level, config.log.format);
  core::SystemClock clock;
  core::SystemRandom random;
  KITH_TRY_ASSIGN(application, Application::start(config, clock, random, log));
  for (;;) {
    const int signal = wait_for(signals);
    if (signal != SIGHUP) break;
    if (const auto done = application->reload_certificates()) {
      log.info("certificates read anew");
    } else {
      log.error("certificates could not be read, the old ones stay", {{"detail", done.error().detail}});
    }
  }
  log.info("stopping: running transfers may finish", {{"seconds", static_cast<long>(kGrace.count())}});
  // From here on a second signal ends the process the ordinary way.
  ::signal(SIGHUP, SIG_IGN);  // a renewed certificate changes nothing any more
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  application->stop(kGrace);
  log.info("stopped");
  return {};
}

}  // namespace kith::daemon
