#pragma once
// Tells systemd that the daemon is ready, that it lives, and how things stand: a thread ("kith-service") that asks the
// daemon again and again and passes on what it answers. While it doesn't answer nothing is told, so that systemd's
// watchdog starts a daemon anew that hangs. Without systemd there is no thread.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "daemon/app/service_manager.hpp"

namespace kith::daemon {

class ServiceReporter {
 public:
  // Has to call `answered` once, on any thread, when all goes well; also after the reporter is gone.
  using Ask = std::function<void(std::function<void(std::string status)> answered)>;

  // `manager`, and what `ask` uses, must outlive it.
  ServiceReporter(const ServiceManager& manager, Ask ask);
  // Joins; waits for no answer.
  ~ServiceReporter();
  ServiceReporter(const ServiceReporter&) = delete;
  ServiceReporter& operator=(const ServiceReporter&) = delete;

 private:
  struct State;
  void run();
  bool wait_for_answer(std::uint64_t round, std::string& status);

  const ServiceManager& manager_;
  const Ask ask_;
  const std::chrono::milliseconds pause_;
  std::shared_ptr<State> state_;  // shared with answers that come late
  std::thread thread_;
};

}  // namespace kith::daemon
