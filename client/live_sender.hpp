#pragma once
// An offer, and the requests for its files: checks that who asks has the secret, starts what carries a file to them,
// and believes that they have it only with a receipt. One thread brings what the server tells of, another one looks
// after it; both may call everything.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "client/live_carriers.hpp"
#include "client/live_desk.hpp"
#include "client/live_events.hpp"
#include "client/live_source.hpp"

namespace kith::client {

// A file that is offered. `name` is what others see.
struct LiveOffered {
  std::string name;
  std::unique_ptr<LiveSource> source;
};

struct LiveOfferSecrets {
  LiveSecret secret;
  LiveAuthKey auth_key;
};

class LiveSender {
 public:
  struct Terms {
    const Account& account;
    const std::string& live_id;
    const std::vector<LiveOffered>& files;
    const LiveOfferSecrets& secrets;
    const StopSignal& stop;
    bool once = false;  // it is done when each file was received
  };
  // Borrows all.
  LiveSender(const Terms& terms, core::Random& random, LiveDesk& desk);

  // What the server tells of. `calls` is the calling thread's.
  void take(const LiveNotice& notice, LiveCalls& calls);
  // Lets go of carriers that have left. Call it now and then.
  void reap();
  // What is under way, for a progress line: nothing to show when `transfers` is 0.
  struct Status {
    std::size_t transfers = 0;
    std::string name;            // of the file, if it is one transfer
    std::uint64_t position = 0;  // bytes, of all together
    std::uint64_t total = 0;     // bytes; 0 when one is not known
  };
  Status status() const;

 private:
  struct Request {
    std::size_t file = 0;
    bool was_received = false;
    std::shared_ptr<LiveFeed> feed;
    std::unique_ptr<LiveCarriers> carriers;  // gone once they have left
  };
  void take_one(const LiveHello& hello, LiveCalls& calls);
  void take_one(const LiveWanted& wanted, LiveCalls& calls);
  void take_one(const LiveResume& resume, LiveCalls& calls);
  void take_one(const LivePaused& paused, LiveCalls& calls);
  void take_one(const LiveReceived& received, LiveCalls& calls);
  void take_one(const LiveCancelled& cancelled, LiveCalls& calls);
  void take_one(const LiveOver& over, LiveCalls& calls);
  // Nothing when it may be served; else why not, as docs/live.md names it.
  std::optional<std::string> objection(const LiveWanted& wanted);
  void start(const LiveWanted& wanted);
  void failed(std::size_t file, const core::Error& error);
  Request* find(const std::string& request_id);
  bool is_busy(std::size_t file) const;
  std::string name(std::size_t file) const;

  const Terms terms_;
  core::Random& random_;
  LiveDesk& desk_;
  mutable std::mutex mutex_;
  std::map<std::string, Request> requests_;  // by id, which sorts by time; guarded
  std::vector<bool> received_;               // by file; guarded
};

}  // namespace kith::client
