#include "assets/live_queue.hpp"

#include <algorithm>

namespace kith::assets {

using core::Error;
using core::ErrorCode;

namespace {

// Of a well-behaved sender kLiveAhead wait, and as many repeats of theirs.
constexpr std::size_t kMostWaiting = 2 * kLiveWindow;

}  // namespace

void LiveQueue::start(std::uint64_t from, std::optional<std::uint64_t> chunks) {
  head_ = from;
  end_ = chunks ? std::optional(*chunks - 1) : std::nullopt;
}

std::optional<Error> LiveQueue::refusal(std::uint64_t number, bool last) const {
  const auto conflict = [](std::string detail) { return Error{ErrorCode::conflict, std::move(detail), {}, {}}; };
  if (end_ && number > *end_) return conflict("the file has ended before this chunk");
  if (number >= head_ && number - head_ >= kLiveWindow)
    return conflict("this chunk is too far ahead: wait until those before it are answered");
  if (!last) return std::nullopt;
  if (end_) return number == *end_ ? std::nullopt : std::optional(conflict("another chunk is the closing one"));
  if (number < head_) return conflict("this chunk was taken before, and was not the closing one");
  for (auto behind = number + 1; behind - head_ < kLiveWindow; ++behind)
    if (!slot(behind).empty()) return conflict("there is a chunk behind this one");
  return std::nullopt;
}

bool LiveQueue::has_room_behind(std::uint64_t number) const {
  const auto furthest = end_ ? std::min(number + kLiveAhead, *end_) : number + kLiveAhead;
  return furthest < head_ + kLiveWindow;
}

void LiveQueue::put(std::uint64_t number, bool last, std::string bytes, LiveDone done, LiveTurn& turn) {
  if (auto error = refusal(number, last)) return turn.answer(std::move(done), tl::unexpected(std::move(*error)));
  if (last && !end_) {
    end_ = number;
    answer_waiting(turn);
  }
  auto& slot = slots_[number % kLiveWindow];
  if (number >= head_ && slot.empty()) {
    if (bytes.capacity() > kLiveChunkBytes) bytes.shrink_to_fit();
    slot = std::move(bytes);
    ++held_;
    bytes_held_ += slot.size();
  }
  if (has_room_behind(number)) return turn.answer(std::move(done), head_);
  if (waiting_.size() < kMostWaiting) return waiting_.push_back({number, turn.now, std::move(done)});
  turn.answer(std::move(done), core::fail(ErrorCode::busy, "too many chunks of this request wait for an answer"));
}

std::optional<LiveQueue::Chunk> LiveQueue::take(LiveTurn& turn) {
  if (!ready()) return std::nullopt;
  Chunk chunk{head_, std::exchange(slots_[head_ % kLiveWindow], {})};
  ++head_;
  --held_;
  bytes_held_ -= chunk.bytes.size();
  answer_waiting(turn);
  return chunk;
}

template <class Condition>
void LiveQueue::answer_if(const Condition& condition, const core::Expected<std::uint64_t>& with, LiveTurn& turn) {
  std::vector<Waiting> others;
  for (auto& one : waiting_) {
    if (condition(one))
      turn.answer(std::move(one.done), with);
    else
      others.push_back(std::move(one));
  }
  waiting_ = std::move(others);
}

void LiveQueue::answer_waiting(LiveTurn& turn) {
  answer_if([&](const Waiting& one) { return has_room_behind(one.number); }, head_, turn);
}

void LiveQueue::drop(const Error& error, LiveTurn& turn) {
  for (auto& slot : slots_) std::string().swap(slot);  // an assignment would keep the memory
  held_ = 0;
  bytes_held_ = 0;
  answer_if([](const Waiting&) { return true; }, tl::unexpected(error), turn);
}

void LiveQueue::give_up_waiting(LiveTime start, const Error& error, LiveTurn& turn) {
  answer_if([&](const Waiting& one) { return one.since <= start; }, tl::unexpected(error), turn);
}

}  // namespace kith::assets
