#pragma once
// curl's easy handles, each with the connection it keeps, lent out by origin: scheme, host, port and what is asked of
// the certificate. A handle's connection was made under the conditions of its key, so it may be used again under the
// same ones. CurlPool is thread-safe; a CurlLoan belongs to the thread that took it and goes back when destroyed.

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>

using CURL = void;

namespace kith::federation {

struct CurlHandle {
  CURL* easy = nullptr;
  std::string key;
  std::string host;  // without brackets; the certificate check of the kept connection points here
  std::chrono::steady_clock::time_point idle_since{};
  ~CurlHandle();
};

class CurlPool;

class CurlLoan {
 public:
  CurlLoan(CurlPool& pool, std::unique_ptr<CurlHandle> handle) : pool_(&pool), handle_(std::move(handle)) {}
  CurlLoan(CurlLoan&&) noexcept = default;
  CurlLoan& operator=(CurlLoan&&) = delete;
  ~CurlLoan();
  CurlHandle& operator*() const { return *handle_; }
  CurlHandle* operator->() const { return handle_.get(); }

 private:
  CurlPool* pool_;
  std::unique_ptr<CurlHandle> handle_;
};

class CurlPool {
 public:
  // A kept handle of `key`, the one used last first, or a new one; its `easy` is null when there is no memory.
  CurlLoan take(const std::string& key, const std::string& host);

 private:
  friend class CurlLoan;
  void give_back(std::unique_ptr<CurlHandle> handle);
  void drop_old(std::list<std::unique_ptr<CurlHandle>>& dropped);

  std::mutex mutex_;                             // guards idle_
  std::list<std::unique_ptr<CurlHandle>> idle_;  // used last first
};

}  // namespace kith::federation
