#pragma once
// The memory that whole request bodies may take, all connections together. Thread-safe. A share may outlive the server:
// it goes with the request into the handler.

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "daemon/http/message.hpp"

namespace kith::daemon {

class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes) : limit_(bytes) {}

  // What one body has taken; given back by destruction.
  class Share {
   public:
    explicit Share(std::shared_ptr<BodyBudget> budget) : budget_(std::move(budget)) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_->taken_ -= bytes_; }

    // False, and nothing is taken, when there is not enough left. Public listeners leave a quarter to the household.
    bool grow(ListenerKind kind, std::size_t bytes) {
      const auto limit = kind == ListenerKind::public_ ? budget_->limit_ - budget_->limit_ / 4 : budget_->limit_;
      if (budget_->taken_.fetch_add(bytes) + bytes > limit) {
        budget_->taken_ -= bytes;
        return false;
      }
      bytes_ += bytes;
      return true;
    }

   private:
    std::shared_ptr<BodyBudget> budget_;
    std::size_t bytes_ = 0;
  };

  std::size_t taken() const { return taken_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace kith::daemon
