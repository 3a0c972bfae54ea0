#include "daemon/app/operator_overview.hpp"

namespace kith::daemon {

OperatorOverview::OperatorOverview(Parts parts)
    : parts_(std::move(parts)), started_at_(parts_.clock.now()), storage_(parts_.storage) {}

core::Expected<HealthView> OperatorOverview::health() {
  std::lock_guard lock(mutex_);
  const auto now = parts_.clock.steady();
  if (!checked_at_ || now - *checked_at_ >= kHealthKept) {
    checks_ = parts_.check();
    checked_at_ = now;
  }
  return HealthView{started_at_, checks_};
}

}  // namespace kith::daemon
