#include "daemon/http/mailbox.hpp"

#include <sys/eventfd.h>

#include <cstdint>

namespace kith::daemon {

Mailbox::Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

bool Mailbox::post(std::function<void()> task) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    first = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  // One write wakes for all that came before take().
  if (first) ::eventfd_write(event_.get(), 1);
  return true;
}

std::vector<std::function<void()>> Mailbox::take() {
  eventfd_t ignored = 0;
  ::eventfd_read(event_.get(), &ignored);
  std::vector<std::function<void()>> taken;
  const std::lock_guard lock(mutex_);
  taken.swap(tasks_);
  return taken;
}

void Mailbox::close() {
  std::vector<std::function<void()>> dropped;  // destroyed outside the lock: destructors may post
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
  }
}

}  // namespace kith::daemon
