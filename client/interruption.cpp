#include "client/interruption.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace kith::client {

StopSignal::StopSignal() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

StopSignal::~StopSignal() {
  if (event_ >= 0) ::close(event_);
}

void StopSignal::raise() {
  raised_ = true;
  (void)::eventfd_write(event_, 1);
}

Interruption::Interruption(const StopSignal& stop) : stop_(&stop), signals_(stop.descriptor()) {}

Interruption::Interruption() {
  sigset_t wanted;
  ::sigemptyset(&wanted);
  ::sigaddset(&wanted, SIGINT);
  ::sigaddset(&wanted, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &wanted, &before_);
  signals_ = ::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
}

Interruption::~Interruption() {
  if (stop_ != nullptr) return;
  if (signals_ >= 0) ::close(signals_);
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

bool Interruption::came() {
  if (stop_ != nullptr) return has_come_ = stop_->is_raised();
  signalfd_siginfo info{};
  const bool came = ::read(signals_, &info, sizeof info) == sizeof info;
  has_come_ = has_come_ || came;
  return came;
}

bool Interruption::came_within(std::chrono::milliseconds pause) {
  pollfd waited{signals_, POLLIN, 0};
  ::poll(&waited, 1, static_cast<int>(pause.count()));
  return came();
}

}  // namespace kith::client
