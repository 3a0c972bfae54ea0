#pragma once
// One receiver's wish for one file: how far it has come, and the chunks on their way (docs/live.md, "Sender"). It is
// asked of the sender, opened by it, paused when the receiver's connection breaks, asked for again as another attempt,
// and finished once the closing chunk was handed out. Not thread-safe; whoever owns it has the lock.

#include "assets/live_queue.hpp"
#include "assets/live_stream_box.hpp"
#include "assets/live_transfers.hpp"

namespace kith::assets {

class LiveRequest {
 public:
  // What the receiver said when it asked. `chunks`: how many the file has, where that is known.
  struct Wish {
    LiveRequestId id;
    LiveToken token;
    std::size_t file = 0;
    std::optional<std::uint64_t> chunks = {};
    LiveKey public_key = {};
    LiveMac mac = {};
    std::uint64_t from = 0;
  };

  LiveRequest(Wish wish, LiveTime now) : wish_(std::move(wish)), from_(wish_.from), moved_(now) {}

  const LiveRequestId& id() const { return wish_.id; }
  const LiveToken& token() const { return wish_.token; }
  bool asked() const { return phase_ == Phase::asked; }
  bool finished() const { return phase_ == Phase::finished; }
  LiveTime moved() const { return moved_; }
  const LiveQueue& queue() const { return queue_; }

  // The sender's side.

  // What the sender has to be told as long as it is asked().
  LiveEvent due() const;
  core::Expected<LiveOpening> open(LiveOpening opening, const LiveTransfers::Wanted& wanted, LiveTurn& turn);
  void put(LiveTransfers::Chunk chunk, LiveDone done, LiveTurn& turn);
  // The sender came or went: take() tells the receiver.
  void sender_moved(LiveTurn& turn) const { wake_up(turn); }
  // Asks the sender for chunk `from` and what follows, in a new attempt.
  void restart(std::uint64_t from, LiveTurn& turn);

  // The receiver's side.

  // bad_request for a first chunk the file does not have.
  core::Expected<void> check_from(std::uint64_t from) const;
  std::uint64_t first_from() const { return wish_.from; }
  // Another connection for the stream. True when the sender is to be asked anew.
  bool enter(std::shared_ptr<LiveStreamBox> box, std::uint64_t from, LiveTurn& turn);
  LiveTaken<LiveItem> take(bool sender_here, LiveTurn& turn);
  bool read_by(const std::shared_ptr<LiveStreamBox>& box) const { return box_ == box; }
  // The connection is gone. True when the sender is to be told that this one is paused.
  bool leave(LiveTurn& turn);

  // Time passes.

  // Lets go of what nobody fetches: the receiver has not come since `start`. True when it is paused now.
  bool pause_unread(LiveTime start, LiveTurn& turn);
  // Asks for the rest anew when something was on its way; the sender is away for longer than a moment.
  void sender_lost(LiveTurn& turn);
  void give_up_waiting(LiveTime start, LiveTurn& turn);
  void beat(LiveTime start, LiveTurn& turn);

  // It is over: everything is let go of, the receiver is told `why`.
  void end(const core::Error& why, LiveTurn& turn);

 private:
  enum class Phase : std::uint8_t { asked, open, paused, finished };

  std::optional<core::Error> refusal(const LiveTransfers::Chunk& chunk) const;
  core::Expected<void> check_wanted(const LiveOpening& opening, const LiveTransfers::Wanted& wanted) const;
  void pause(LiveTurn& turn);
  void wake_up(LiveTurn& turn) const {
    if (box_) box_->wake_up(turn);
  }

  const Wish wish_;
  Phase phase_ = Phase::asked;
  int attempt_ = 1;
  std::uint64_t from_;                  // the first chunk of this attempt
  std::optional<LiveOpening> opening_;  // the newest, maybe of an earlier attempt
  LiveQueue queue_;
  std::shared_ptr<LiveStreamBox> box_;  // nothing: the receiver is not connected
  LiveTime moved_;
};

}  // namespace kith::assets
