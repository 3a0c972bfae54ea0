#pragma once
// The threads that carry one request to the server: kLiveCarriers of them, each with a connection and a buffer of its
// own. In turn they make a chunk and put it, so that while one reads, hashes and seals, the others send. They leave
// when the request has ended; destruction waits for that.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/account.hpp"
#include "client/interruption.hpp"
#include "client/live_calls.hpp"
#include "client/live_feed.hpp"

namespace kith::client {

class LiveCarriers {
 public:
  // Called by one of them, once, when the request had to be given up. The server has been told.
  using Failed = std::function<void(const core::Error& error)>;
  // `account` and `stop`, which ends calls that are under way, are borrowed.
  LiveCarriers(std::shared_ptr<LiveFeed> feed, const Account& account, const StopSignal& stop, Failed failed);
  ~LiveCarriers();
  LiveCarriers(const LiveCarriers&) = delete;
  LiveCarriers& operator=(const LiveCarriers&) = delete;
  // All have left, so that destruction does not wait.
  bool have_left() const { return left_ == static_cast<int>(threads_.size()); }

 private:
  void carry();
  // What was to be done is done, or is of no use any more; an error ends the request.
  core::Expected<void> run(LiveCalls& calls, const LiveToOpen& task);
  core::Expected<void> run(LiveCalls& calls, const LiveToPut& task, core::ByteView buffer);
  template <class Call>
  core::Expected<bool> insist(std::int64_t attempt, const Call& call);

  const std::shared_ptr<LiveFeed> feed_;
  const Account& account_;
  const StopSignal& stop_;
  const Failed failed_;
  std::atomic<int> left_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace kith::client
