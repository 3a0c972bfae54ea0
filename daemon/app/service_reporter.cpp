#include "daemon/app/service_reporter.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace kith::daemon {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause{10'000};  // until a change is seen in `systemctl status`
constexpr milliseconds kShortestPause{50};

// A quarter of what systemd allows: an answer may take as long again, and half is left.
milliseconds pause_of(const ServiceManager& manager) {
  if (!manager.watchdog()) return kLongestPause;
  return std::clamp(std::chrono::duration_cast<milliseconds>(*manager.watchdog() / 4), kShortestPause, kLongestPause);
}

}  // namespace

struct ServiceReporter::State {
  std::mutex mutex;  // guards the rest
  std::condition_variable changed;
  bool stopping = false;
  std::uint64_t answered_round = 0;
  std::string status;
};

ServiceReporter::ServiceReporter(const ServiceManager& manager, Ask ask)
    : manager_(manager), ask_(std::move(ask)), pause_(pause_of(manager)), state_(std::make_shared<State>()) {
  if (manager.present()) thread_ = std::thread([this] { run(); });
}

ServiceReporter::~ServiceReporter() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ServiceReporter::run() {
  ::pthread_setname_np(::pthread_self(), "kith-service");
  std::string told, status;
  for (std::uint64_t round = 1;; ++round) {
    ask_([state = state_, round](std::string answer) {
      {
        const std::lock_guard lock(state->mutex);
        state->answered_round = round;
        state->status = std::move(answer);
      }
      state->changed.notify_all();
    });
    if (!wait_for_answer(round, status)) return;
    if (status != told) manager_.status(status);
    told = status;
    if (round == 1) manager_.ready();
    if (manager_.watchdog()) manager_.alive();
    std::unique_lock lock(state_->mutex);
    if (state_->changed.wait_for(lock, pause_, [this] { return state_->stopping; })) return;
  }
}

// False when it is to end instead.
bool ServiceReporter::wait_for_answer(std::uint64_t round, std::string& status) {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->stopping || state_->answered_round == round; });
  if (state_->stopping) return false;
  status = state_->status;
  return true;
}

}  // namespace kith::daemon
