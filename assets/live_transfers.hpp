#pragma once
// Live transfers: who offers what right now, who asked for it, and the chunks between them, a bounded queue a request
// (docs/live.md). Everything is in memory and nothing is stored. Thread-safe; no call blocks. Callbacks run on
// whichever thread made the change, never under a lock. Channels may outlive it: they have ended then.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assets/live_channels.hpp"
#include "assets/live_turn.hpp"
#include "assets/live_types.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"

namespace kith::assets {

struct LiveState;

struct LiveLimits {
  std::size_t transfers = 64;                // offers, and requests, of everybody together; half of it for one user
  std::chrono::seconds idle{300};            // nothing moved, or the sender was away, for so long: it ends
  std::chrono::seconds lifetime{24 * 3600};  // of an offer
  std::chrono::seconds longest_wait{20};     // that a chunk's answer is held back for want of room
  std::chrono::seconds beat{10};             // between two signs of life on an open channel
};

class LiveTransfers {
 public:
  // Both are borrowed.
  LiveTransfers(const core::Clock& clock, core::Random& random, LiveLimits limits);
  ~LiveTransfers();
  LiveTransfers(const LiveTransfers&) = delete;
  LiveTransfers& operator=(const LiveTransfers&) = delete;

  // The sender. Offers of others look like none: not_found.

  // bad_request for a listing that is not sound (names as assets have them, 1 to kLiveFiles files); busy when there are
  // too many offers.
  [[nodiscard]] core::Expected<LiveMade> open(const core::UserId& owner, std::vector<LiveFile> files,
                                              std::optional<LiveMac> mac);
  // Takes the place of an earlier one, which ends. Begins with hello and what is to be done.
  [[nodiscard]] core::Expected<std::shared_ptr<LiveEvents>> listen(const core::UserId& owner, const LiveId& id);
  // transfer_superseded when a newer attempt was asked for, transfer_ended when nobody waits for it any more,
  // bad_request when `from` is not what was asked for. Nothing given: the newest.
  struct Wanted {
    std::optional<int> attempt;
    std::optional<std::uint64_t> from;
  };
  [[nodiscard]] core::Expected<LiveOpening> answer(const core::UserId& owner, const LiveId& id,
                                                   const LiveRequestId& request, LiveOpening opening, Wanted wanted);
  // One chunk. `done` is called exactly once, now or later, from any thread: with how many chunks the receiver's
  // connection was handed, once there is room for the next ones; or transfer_superseded, transfer_ended, not_ready
  // (not opened yet), conflict (too far ahead, or behind the end), busy (waited too long), not_found.
  struct Chunk {
    std::uint64_t number = 0;
    std::optional<int> attempt;  // nothing: the newest
    bool last = false;           // said to be the closing one
    std::string bytes;
  };
  using Done = LiveDone;
  void put(const core::UserId& owner, const LiveId& id, const LiveRequestId& request, Chunk chunk, Done done);
  [[nodiscard]] core::Expected<void> refuse(const core::UserId& owner, const LiveId& id, const LiveRequestId& request,
                                            LiveReason reason);
  [[nodiscard]] core::Expected<void> close(const core::UserId& owner, const LiveId& id);
  // All offers of a user that goes.
  void forget(const core::UserId& owner);

  // The receiver. An unknown code is not_found; whoever serves strangers slows them down.

  [[nodiscard]] core::Expected<LiveListing> look(std::string_view code) const;
  // bad_request for a file that is not in the listing; busy when there are too many requests.
  [[nodiscard]] core::Expected<LiveAsked> ask(std::string_view code, std::size_t file, const LiveKey& public_key,
                                              const LiveMac& mac, std::uint64_t from);
  // The calls of one receiver; another token looks like no request: not_found.
  struct Receiver {
    std::string_view code;
    LiveRequestId request;
    const LiveToken& token;
  };
  // Takes the place of an earlier one, which ends. transfer_ended when it has.
  [[nodiscard]] core::Expected<std::shared_ptr<LiveStream>> stream(const Receiver& who,
                                                                   std::optional<std::uint64_t> from);
  [[nodiscard]] core::Expected<void> received(const Receiver& who, const LiveMac& mac);
  [[nodiscard]] core::Expected<void> give_up(const Receiver& who);

  // Ends what is idle or has expired, answers chunks that waited too long, lets channels beat. Each second.
  void sweep();
  // Ends everything; later calls are refused as busy.
  void stop();

  struct Counts {
    std::size_t offers = 0;
    std::size_t requests = 0;      // unfinished
    std::size_t chunks_held = 0;   // of all queues
    std::uint64_t bytes_held = 0;  // of all queues
  };
  Counts counts() const;

 private:
  const std::shared_ptr<LiveState> state_;  // the channels have it too
};

}  // namespace kith::assets
