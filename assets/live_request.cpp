#include "assets/live_request.hpp"

#include "assets/live_listing.hpp"

namespace kith::assets {

using core::Error;
using core::ErrorCode;
using core::fail;

namespace {

Error superseded() {
  return {ErrorCode::transfer_superseded, "another attempt takes its place: wait for the next event", {}, {}};
}

bool same(const LiveOpening& a, const LiveOpening& b) {
  return a.public_key == b.public_key && a.mac == b.mac && a.salt == b.salt && a.chunks == b.chunks;
}

}  // namespace

LiveEvent LiveRequest::due() const {
  LiveEvent event{.kind = opening_ ? LiveEvent::Kind::resume : LiveEvent::Kind::request, .request = wish_.id};
  event.file = wish_.file;
  event.public_key = wish_.public_key;
  event.mac = wish_.mac;
  event.from = from_;
  event.attempt = attempt_;
  return event;
}

core::Expected<void> LiveRequest::check_wanted(const LiveOpening& opening, const LiveTransfers::Wanted& wanted) const {
  if (phase_ == Phase::paused || wanted.attempt.value_or(attempt_) < attempt_) return tl::unexpected(superseded());
  if (wanted.attempt.value_or(attempt_) != attempt_)
    return fail(ErrorCode::bad_request, "this attempt was not asked for");
  if (wanted.from.value_or(from_) != from_)
    return fail(ErrorCode::bad_request, "what was asked for begins with chunk " + std::to_string(from_));
  if (opening.chunks && (*opening.chunks <= from_ || *opening.chunks > kLiveMostChunks))
    return fail(ErrorCode::bad_request, "a file of so many chunks does not have chunk " + std::to_string(from_));
  return {};
}

core::Expected<LiveOpening> LiveRequest::open(LiveOpening opening, const LiveTransfers::Wanted& wanted,
                                              LiveTurn& turn) {
  KITH_TRY(check_wanted(opening, wanted));
  if (!asked()) {  // the answer to the first time may be lost
    if (same(*opening_, opening)) return *opening_;
    return fail(ErrorCode::conflict, "this attempt was opened before, with other keys");
  }
  opening.from = from_;
  opening.attempt = attempt_;
  phase_ = Phase::open;
  queue_.start(from_, opening.chunks);
  moved_ = turn.now;
  opening_ = opening;
  if (box_) box_->opening_due = true;
  wake_up(turn);
  return opening;
}

std::optional<Error> LiveRequest::refusal(const LiveTransfers::Chunk& chunk) const {
  if (chunk.bytes.empty() || chunk.bytes.size() > kLiveChunkBytes)
    return Error{ErrorCode::bad_request, "a chunk has 1 to " + std::to_string(kLiveChunkBytes) + " bytes", {}, {}};
  if (chunk.attempt && *chunk.attempt > attempt_)
    return Error{ErrorCode::bad_request, "this attempt was not asked for", {}, {}};
  if (phase_ == Phase::paused || (chunk.attempt && *chunk.attempt < attempt_)) return superseded();
  if (!asked()) return std::nullopt;
  if (opening_ && !chunk.attempt) return superseded();
  return Error{ErrorCode::not_ready, "open this attempt before you send its chunks", {}, {}};
}

void LiveRequest::put(LiveTransfers::Chunk chunk, LiveDone done, LiveTurn& turn) {
  if (auto error = refusal(chunk)) return turn.answer(std::move(done), tl::unexpected(std::move(*error)));
  const auto held = queue_.held();
  queue_.put(chunk.number, chunk.last, std::move(chunk.bytes), std::move(done), turn);
  if (queue_.held() == held) return;
  moved_ = turn.now;
  if (queue_.ready()) wake_up(turn);
}

void LiveRequest::restart(std::uint64_t from, LiveTurn& turn) {
  queue_.drop(superseded(), turn);
  phase_ = Phase::asked;
  ++attempt_;
  from_ = from;
  if (box_) box_->opening_due = false;
}

core::Expected<void> LiveRequest::check_from(std::uint64_t from) const {
  const auto chunks = opening_ && opening_->chunks ? opening_->chunks : wish_.chunks;
  if (from < chunks.value_or(kLiveMostChunks)) return {};
  return fail(ErrorCode::bad_request, "the file has ended before chunk " + std::to_string(from));
}

bool LiveRequest::enter(std::shared_ptr<LiveStreamBox> box, std::uint64_t from, LiveTurn& turn) {
  if (box_) box_->end(turn);
  turn.let_go(std::exchange(box_, std::move(box)));
  if (asked() && from == from_) return false;
  // Nothing was handed to another connection: what is here is still whole.
  if (phase_ == Phase::open && queue_.head() == from && from_ == from) {
    box_->opening_due = true;
    return false;
  }
  restart(from, turn);
  return true;
}

LiveTaken<LiveItem> LiveRequest::take(bool sender_here, LiveTurn& turn) {
  auto& box = *box_;
  LiveItem item;
  if (box.told_sender_here != sender_here) {
    box.told_sender_here = sender_here;
    item.kind = sender_here ? LiveItem::Kind::sender_back : LiveItem::Kind::sender_away;
  } else if (box.opening_due) {
    box.opening_due = false;
    item.kind = LiveItem::Kind::opening;
    item.opening = *opening_;
  } else if (auto chunk = phase_ == Phase::open ? queue_.take(turn) : std::nullopt) {
    item.kind = LiveItem::Kind::chunk;
    item.number = chunk->number;
    item.bytes = std::move(chunk->bytes);
    moved_ = turn.now;
    if (queue_.ended()) {
      phase_ = Phase::finished;
      box.ended = true;
    }
  } else if (!box.beat_due) {
    return {};
  }
  box.beat_due = false;
  box.last_taken = turn.now;
  return {.item = std::move(item)};
}

void LiveRequest::pause(LiveTurn& turn) {
  queue_.drop(superseded(), turn);
  phase_ = Phase::paused;
}

bool LiveRequest::leave(LiveTurn& turn) {
  turn.let_go(std::exchange(box_, nullptr));
  if (phase_ != Phase::open) return false;
  pause(turn);
  return true;
}

bool LiveRequest::pause_unread(LiveTime start, LiveTurn& turn) {
  if (phase_ != Phase::open || box_ || moved_ > start) return false;
  pause(turn);
  return true;
}

void LiveRequest::sender_lost(LiveTurn& turn) {
  if (phase_ == Phase::open) restart(queue_.head(), turn);
}

void LiveRequest::give_up_waiting(LiveTime start, LiveTurn& turn) {
  const Error busy{
      ErrorCode::busy, "the receiver takes its time: send the same chunk again", std::chrono::seconds{1}, {}};
  queue_.give_up_waiting(start, busy, turn);
}

void LiveRequest::beat(LiveTime start, LiveTurn& turn) {
  if (!box_ || box_->beat_due || box_->last_taken > start) return;
  box_->beat_due = true;
  wake_up(turn);
}

void LiveRequest::end(const Error& why, LiveTurn& turn) {
  queue_.drop({ErrorCode::transfer_ended, "the receiver waits for this file no more", {}, {}}, turn);
  if (box_) box_->fail(why, turn);
  turn.let_go(std::exchange(box_, nullptr));
}

}  // namespace kith::assets
