#pragma once
// Alerts that a test looks at. Thread-safe to raise; read it when nobody raises any more.

#include <mutex>
#include <string>
#include <vector>

#include "core/alerts.hpp"

namespace kith::test {

class RecordedAlerts final : public core::Alerts {
 public:
  void raise(std::string_view kind, std::string_view about, std::string_view detail) override {
    std::lock_guard lock(mutex_);
    raised.push_back(std::string(kind) + " " + std::string(about) + ": " + std::string(detail));
  }

  std::vector<std::string> raised;  // "kind about: detail"

 private:
  std::mutex mutex_;
};

}  // namespace kith::test
