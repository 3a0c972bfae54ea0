#pragma once
// OperatorView out of what the daemon is made of. The checks are run at most every kHealthKept, by who asks then.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "daemon/api/operator_view.hpp"
#include "daemon/app/storage_use.hpp"

namespace kith::daemon {

class OperatorOverview final : public OperatorView {
 public:
  static constexpr std::chrono::seconds kHealthKept{30};

  struct Parts {
    const core::Clock& clock;
    StorageUse::Parts storage;
    std::function<core::Expected<Measured>()> measure;
    std::function<Checks()> check;  // bounded in time
    std::function<bool()> serving;  // both listeners
  };
  explicit OperatorOverview(Parts parts);

  [[nodiscard]] core::Expected<Measured> measure() override { return parts_.measure(); }
  [[nodiscard]] core::Expected<StorageView> storage() override { return storage_.view(); }
  [[nodiscard]] core::Expected<HealthView> health() override;
  [[nodiscard]] std::vector<std::string> hindrances() override;

 private:
  const Parts parts_;
  const core::Timestamp started_at_;
  StorageUse storage_;
  std::mutex mutex_;  // guards both below; held while the checks run, so that they run once
  std::optional<std::chrono::steady_clock::time_point> checked_at_;
  Checks checks_;
};

}  // namespace kith::daemon
