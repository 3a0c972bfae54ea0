#include "federation/net/curl_pool.hpp"

#include <curl/curl.h>

#include <algorithm>

#include "federation/net/limits.hpp"

namespace kith::federation {

CurlHandle::~CurlHandle() {
  if (easy != nullptr) curl_easy_cleanup(easy);
}

CurlLoan::~CurlLoan() {
  if (handle_) pool_->give_back(std::move(handle_));
}

CurlLoan CurlPool::take(const std::string& key, const std::string& host) {
  std::list<std::unique_ptr<CurlHandle>> dropped;  // closed without the lock
  {
    std::lock_guard lock(mutex_);
    drop_old(dropped);
    const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const auto& handle) { return handle->key == key; });
    if (found != idle_.end()) {
      auto handle = std::move(*found);
      idle_.erase(found);
      return {*this, std::move(handle)};
    }
  }
  auto handle = std::make_unique<CurlHandle>();
  handle->easy = curl_easy_init();
  handle->key = key;
  handle->host = host;
  return {*this, std::move(handle)};
}

void CurlPool::give_back(std::unique_ptr<CurlHandle> handle) {
  if (handle->easy == nullptr) return;
  std::list<std::unique_ptr<CurlHandle>> dropped;
  std::lock_guard lock(mutex_);
  const auto same = std::count_if(idle_.begin(), idle_.end(), [&](const auto& it) { return it->key == handle->key; });
  handle->idle_since = std::chrono::steady_clock::now();
  if (static_cast<std::size_t>(same) < net_limits::kIdlePerOrigin) {
    idle_.push_front(std::move(handle));
  } else {
    dropped.push_back(std::move(handle));
  }
  drop_old(dropped);
}

void CurlPool::drop_old(std::list<std::unique_ptr<CurlHandle>>& dropped) {
  const auto oldest = std::chrono::steady_clock::now() - net_limits::kIdleLife;
  while (!idle_.empty() && (idle_.size() > net_limits::kIdleTotal || idle_.back()->idle_since < oldest)) {
    dropped.splice(dropped.end(), idle_, std::prev(idle_.end()));
  }
}

}  // namespace kith::federation
