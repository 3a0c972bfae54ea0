#pragma once
// A sender and a receiver that do by docs/live.md what real ones do, as far as the daemon can tell. Each is used by one
// thread; what the transfers call from others only rings its bell.

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "assets/live_transfers.hpp"

namespace kith::assets {

// What a thread waits for: that somebody has something for it.
class LiveBell {
 public:
  void ring();
  // Until it was rung since the last time.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

// What chunk `number` carries in an attempt: no two attempts carry the same.
std::string live_content(const LiveSalt& salt, std::uint64_t number);

class LiveSender {
 public:
  LiveSender(LiveTransfers& live, core::UserId owner, LiveMade made, std::uint64_t chunks, bool tells_chunks)
      : live_(live), owner_(std::move(owner)), made_(std::move(made)), chunks_(chunks), tells_chunks_(tells_chunks) {}

  // Connects if need be, reads what there is, and sends what it may.
  void step();
  void break_off() { events_.reset(); }
  void wait() { bell_->wait(); }
  std::size_t receipts() const { return receipts_.size(); }
  // What went wrong; empty: nothing.
  const std::string& complaint() const { return complaint_; }

 private:
  struct Sending {
    int attempt = 0;
    LiveSalt salt;
    std::uint64_t next = 0;
    std::set<std::uint64_t> on_their_way = {};
    bool open = false;
  };
  struct Answer {
    LiveRequestId request;
    int attempt;
    std::uint64_t number;
    core::Expected<std::uint64_t> with;
  };
  // Outlives the sender: an answer may come late.
  struct Inbox {
    std::mutex mutex;
    std::vector<Answer> answers;
  };

  void connect();
  void read(const LiveEvent& event);
  void open(const LiveEvent& event);
  void read(const Answer& answer);
  void send(const LiveRequestId& id, Sending& sending);
  void send(const LiveRequestId& id, const Sending& sending, std::uint64_t number);

  LiveTransfers& live_;
  const core::UserId owner_;
  const LiveMade made_;
  const std::uint64_t chunks_;
  const bool tells_chunks_;
  std::shared_ptr<LiveBell> bell_ = std::make_shared<LiveBell>();
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::shared_ptr<LiveEvents> events_;
  std::map<LiveRequestId, Sending> sending_;
  std::set<LiveRequestId> receipts_;
  std::string complaint_;
};

class LiveReceiver {
 public:
  LiveReceiver(LiveTransfers& live, LiveMade made, LiveAsked asked, std::uint64_t chunks)
      : live_(live), made_(std::move(made)), asked_(std::move(asked)), chunks_(chunks) {}

  // Connects if need be, and takes up to `most` items. Those behind the first `kept` are lost on the way, and
  // the connection with them. True when there is nothing to do until the bell rings.
  bool step(std::size_t most, std::size_t kept);
  void break_off() { stream_.reset(); }
  void wait() { bell_->wait(); }
  bool done() const { return done_; }
  const std::string& complaint() const { return complaint_; }

 private:
  void read(const LiveItem& item);

  LiveTransfers& live_;
  LiveMade made_;
  LiveAsked asked_;
  std::uint64_t chunks_;
  std::shared_ptr<LiveBell> bell_ = std::make_shared<LiveBell>();
  std::shared_ptr<LiveStream> stream_;
  std::optional<LiveOpening> opening_;  // on this connection
  std::uint64_t next_ = 0;
  bool done_ = false;
  std::string complaint_;
};

}  // namespace kith::assets
