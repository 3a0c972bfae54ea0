#include "tests/unit/assets/live_actors.hpp"

#include <atomic>

namespace kith::assets {

using core::ErrorCode;

void LiveBell::ring() {
  {
    std::lock_guard lock(mutex_);
    rung_ = true;
  }
  changed_.notify_one();
}

void LiveBell::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return rung_; });
  rung_ = false;
}

std::string live_content(const LiveSalt& salt, std::uint64_t number) {
  return std::string(salt.data.begin(), salt.data.begin() + 4) + std::to_string(number);
}

void LiveSender::connect() {
  if (events_) return;
  auto listened = live_.listen(owner_, made_.id);
  if (!listened) {
    complaint_ = "listen: " + listened.error().detail;
    return;
  }
  events_ = *listened;
  events_->on_ready([bell = bell_] { bell->ring(); });
}

void LiveSender::step() {
  connect();
  while (events_) {
    const auto taken = events_->take();
    if (taken.item) read(*taken.item);
    if (taken.ended) events_.reset();
    if (!taken.item) break;
  }
  std::vector<Answer> answers;
  {
    std::lock_guard lock(inbox_->mutex);
    answers.swap(inbox_->answers);
  }
  for (const auto& answer : answers) read(answer);
  for (auto& [id, sending] : sending_) send(id, sending);
}

void LiveSender::read(const LiveEvent& event) {
  switch (event.kind) {
    case LiveEvent::Kind::request:
    case LiveEvent::Kind::resume:
      if (event.attempt > sending_[event.request].attempt) open(event);
      break;
    case LiveEvent::Kind::received:
      receipts_.insert(event.request);
      sending_.erase(event.request);
      break;
    case LiveEvent::Kind::cancel:
    case LiveEvent::Kind::end:
      complaint_ = "ended: " + event.reason;
      break;
    case LiveEvent::Kind::hello:
    case LiveEvent::Kind::paused:
    case LiveEvent::Kind::beat:
      break;
  }
}

void LiveSender::open(const LiveEvent& event) {
  auto& sending = sending_[event.request];
  LiveOpening opening;
  opening.salt = {};
  opening.salt.data[0] = static_cast<std::uint8_t>(event.attempt);
  opening.salt.data[1] = static_cast<std::uint8_t>(event.attempt >> 8);
  if (tells_chunks_) opening.chunks = chunks_;
  const auto opened = live_.answer(owner_, made_.id, event.request, opening, {event.attempt, event.from});
  if (opened)
    sending = {event.attempt, opening.salt, event.from, {}, true};
  else if (opened.error().code != ErrorCode::transfer_superseded && opened.error().code != ErrorCode::transfer_ended)
    complaint_ = "open: " + opened.error().detail;
}

void LiveSender::read(const Answer& answer) {
  const auto found = sending_.find(answer.request);
  if (found == sending_.end() || found->second.attempt != answer.attempt) return;
  auto& sending = found->second;
  if (answer.with) {
    sending.on_their_way.erase(answer.number);
  } else if (answer.with.error().code == ErrorCode::busy) {
    send(answer.request, sending, answer.number);
  } else {
    sending.open = false;
    const auto code = answer.with.error().code;
    if (code != ErrorCode::transfer_superseded && code != ErrorCode::transfer_ended)
      complaint_ = "chunk " + std::to_string(answer.number) + ": " + answer.with.error().detail;
  }
}

void LiveSender::send(const LiveRequestId& id, Sending& sending) {
  while (sending.open && sending.next < chunks_ && sending.on_their_way.size() < kLiveAhead) {
    sending.on_their_way.insert(sending.next);
    send(id, sending, sending.next++);
  }
}

void LiveSender::send(const LiveRequestId& id, const Sending& sending, std::uint64_t number) {
  LiveTransfers::Chunk chunk{number, sending.attempt, !tells_chunks_ && number + 1 == chunks_,
                             live_content(sending.salt, number)};
  live_.put(owner_, made_.id, id, std::move(chunk),
            [inbox = inbox_, bell = bell_, id, attempt = sending.attempt, number](auto with) {
              {
                std::lock_guard lock(inbox->mutex);
                inbox->answers.push_back({id, attempt, number, std::move(with)});
              }
              bell->ring();
            });
}

bool LiveReceiver::step(std::size_t most, std::size_t kept) {
  if (done_) return false;
  if (!stream_) {
    auto opened = live_.stream({made_.code, asked_.id, asked_.token}, next_);
    if (!opened) {
      complaint_ = "stream: " + opened.error().detail;
      done_ = true;
      return false;
    }
    stream_ = *opened;
    stream_->on_ready([bell = bell_] { bell->ring(); });
    opening_.reset();
  }
  for (std::size_t i = 0; i < most && stream_ && !done_; ++i) {
    const auto taken = stream_->take();
    if (!taken.item && !taken.ended) return true;
    if (taken.ended || i >= kept)
      break_off();
    else
      read(*taken.item);
  }
  return false;
}

void LiveReceiver::read(const LiveItem& item) {
  if (item.kind == LiveItem::Kind::failed) {
    complaint_ = "failed: " + item.error.detail;
    done_ = true;
  }
  if (item.kind == LiveItem::Kind::opening) {
    opening_ = item.opening;
    if (opening_->from != next_) complaint_ = "opened from another chunk than the next";
  }
  if (item.kind != LiveItem::Kind::chunk) return;
  if (!opening_)
    complaint_ = "a chunk came before the opening";
  else if (item.number != next_)
    complaint_ = "chunk " + std::to_string(item.number) + " came in the place of " + std::to_string(next_);
  else if (item.bytes != live_content(opening_->salt, item.number))
    complaint_ = "a chunk of another attempt came";
  if (++next_ < chunks_) return;
  done_ = true;
  const auto receipt = live_.received({made_.code, asked_.id, asked_.token}, {});
  if (!receipt) complaint_ = "received: " + receipt.error().detail;
}

}  // namespace kith::assets
