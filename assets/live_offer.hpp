#pragma once
// What one sender offers: the listing, the connection it reads events from, the requests, and what came of the last of
// those that are over (docs/live.md). Not thread-safe; whoever owns it has the lock.

#include <deque>
#include <list>

#include "assets/live_event_box.hpp"
#include "assets/live_request.hpp"

namespace kith::assets {

class LiveOffer {
 public:
  struct Terms {
    LiveId id;
    std::string code;
    core::UserId owner;
    std::vector<LiveFile> files;
    std::optional<LiveMac> mac;
    core::Timestamp expires_at;  // told to people
    LiveTime deadline;           // the same, by a clock that nobody sets
  };
  // A request that is over.
  struct Past {
    LiveRequestId id;
    LiveToken token;
    std::optional<LiveMac> receipt;  // the receiver has all of it
    core::Error why;                 // what a receiver that comes late is told
  };

  LiveOffer(Terms terms, LiveTime now) : terms_(std::move(terms)), heard_(now) {}

  const Terms& terms() const { return terms_; }
  bool sender_here() const { return box_ != nullptr; }
  LiveRequest* find(const LiveRequestId& id);
  const Past* find_past(const LiveRequestId& id) const;
  const std::list<LiveRequest>& requests() const { return requests_; }
  std::size_t unfinished() const;

  // Another connection of the sender: told how things stand, and what is to be done.
  void listen(std::shared_ptr<LiveEventBox> box, LiveTurn& turn);
  bool read_by(const std::shared_ptr<LiveEventBox>& box) const { return box_ == box; }
  void sender_left(LiveTurn& turn);
  // Tells the sender, if it is here.
  void tell(LiveEvent event, LiveTurn& turn);

  void add(LiveRequest::Wish wish, LiveTurn& turn);
  // Over; the receiver's connection is told `why`.
  void end(LiveRequest& request, const core::Error& why, std::optional<LiveMac> receipt, LiveTurn& turn);
  // All of it is over: the sender is told `reason`, receivers are told `why`.
  void end_all(std::string reason, const core::Error& why, LiveTurn& turn);

  // The sender has called, even if it is not connected just now.
  void heard_from_sender(LiveTime now) { heard_ = now; }
  // The sender is away, and was not heard from since `start`.
  bool is_deserted(LiveTime start) const { return !box_ && heard_ <= start; }
  void sweep(const LiveLimits& limits, LiveTurn& turn);

 private:
  void end_idle(LiveRequest& request, LiveTurn& turn);
  void sweep(LiveRequest& request, const LiveLimits& limits, LiveTurn& turn);

  const Terms terms_;
  std::shared_ptr<LiveEventBox> box_;  // nothing: the sender is away
  LiveTime heard_;                     // from the sender, while it is away
  std::list<LiveRequest> requests_;    // in the order they came
  std::deque<Past> past_;              // the oldest first
};

}  // namespace kith::assets
