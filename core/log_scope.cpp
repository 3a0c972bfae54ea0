#include "core/log_scope.hpp"

#include <utility>

namespace kith::core {
namespace {

std::string& current() {
  thread_local std::string id;
  return id;
}

}  // namespace

LogScope::LogScope(std::string request_id) : before_(std::exchange(current(), std::move(request_id))) {}

LogScope::~LogScope() {
  current() = std::move(before_);
}

const std::string& LogScope::request_id() {
  return current();
}

}  // namespace kith::core
