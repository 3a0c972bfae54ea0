#include "daemon/http/source_pull.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <exception>

#include "daemon/http/limits.hpp"

namespace kith::daemon {
namespace {

constexpr std::size_t kChunkHeadBytes = 18;  // 16 hexadecimal digits, CRLF
constexpr std::string_view kChunkTail = "\r\n";
using Status = BodySource::Status;

}  // namespace

SourcePull::SourcePull(StreamedBody body, bool chunked, core::WorkerPool& pool, std::shared_ptr<Mailbox> mailbox,
                       OnPiece on_piece, core::Logger logger)
    : source_(std::move(body.source)),
      left_(body.length),
      chunked_(chunked),
      pool_(pool),
      mailbox_(std::move(mailbox)),
      on_piece_(std::move(on_piece)),
      logger_(std::move(logger)),
      space_bytes_(kFirstSourceBytes) {
  if (!source_) state_ = State::failed;
  if (left_ == 0) state_ = State::ended;
}

void SourcePull::listen() {
  listening_ = true;
  source_->on_ready([weak = weak_from_this(), mailbox = mailbox_] {
    const auto self = weak.lock();
    if (!self || self->wake_posted_.exchange(true)) return;
    mailbox->post([weak] {
      if (const auto pull = weak.lock()) pull->woken();
    });
  });
}

void SourcePull::woken() {
  wake_posted_ = false;
  if (state_ == State::reading) woken_ = true;
  if (state_ != State::pending) return;
  state_ = State::idle;
  pull();
}

std::shared_ptr<Piece> SourcePull::take_piece() {
  std::erase_if(pieces_, [&](const auto& piece) {
    return piece.use_count() == 1 && piece->capacity < space_bytes_ + kChunkHeadBytes + kChunkTail.size();
  });
  for (const auto& piece : pieces_) {
    if (piece.use_count() == 1) return piece;
  }
  pieces_.push_back(std::make_shared<Piece>(space_bytes_ + kChunkHeadBytes + kChunkTail.size()));
  return pieces_.back();
}

void SourcePull::pull() {
  if (state_ != State::idle || stopped_) return;
  if (!listening_) listen();
  state_ = State::reading;
  woken_ = false;
  // Not at once: the connection may be in the middle of something.
  if (source_->gives()) {
    mailbox_->post([self = shared_from_this()] { self->take_given(); });
    return;
  }
  auto piece = take_piece();
  const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(space_bytes_, left_.value_or(space_bytes_)));
  const bool taken =
      pool_.post([self = shared_from_this(), source = source_, piece, room] { self->run_job(source, piece, room); });
  if (taken) return;
  mailbox_->post([self = shared_from_this(), piece, room] { self->job_done(piece, room, {Status::failed, 0}); });
}

void SourcePull::run_job(const std::shared_ptr<BodySource>& source, const std::shared_ptr<Piece>& piece,
                         std::size_t room) {
  const core::LogScope scope(request_id_);
  BodySource::Result result;
  try {
    result = source->read({piece->memory.get() + kChunkHeadBytes, room});
  } catch (const std::exception& error) {
    logger_.error("a body source threw", {{"what", error.what()}});
    result = {Status::failed, 0};
  }
  mailbox_->post([self = shared_from_this(), piece, room, result] { self->job_done(piece, room, result); });
}

SourcePull::State SourcePull::judge(BodySource::Result result) {
  switch (result.status) {
    case Status::data:
      if (left_) *left_ -= result.filled;
      return left_ == 0 ? State::ended : State::idle;
    case Status::pending:
      return woken_ ? State::idle : State::pending;
    case Status::end:
      return left_.value_or(0) == 0 ? State::ended : State::failed;  // short of what was promised
    case Status::failed:
      break;
  }
  return State::failed;
}

// True when there is something to send.
bool SourcePull::settle(BodySource::Result result, std::size_t room) {
  const bool overfilled = result.status == Status::data && (result.filled == 0 || result.filled > room);
  state_ = overfilled ? State::failed : judge(result);
  if (state_ != State::failed && result.status == Status::data) return true;
  // Waiting may take long: no memory is held meanwhile.
  if (state_ == State::pending) pieces_.clear();
  on_piece_(nullptr);
  return false;
}

void SourcePull::job_done(const std::shared_ptr<Piece>& piece, std::size_t room, BodySource::Result result) {
  if (stopped_ || !settle(result, room)) return;
  if (result.filled == space_bytes_) space_bytes_ = std::min(space_bytes_ * 2, kLastSourceBytes);
  piece->begin = kChunkHeadBytes;
  piece->end = kChunkHeadBytes + result.filled;
  announce(*piece, result.filled);
  on_piece_(piece);
}

void SourcePull::take_given() {
  if (stopped_) return;
  const core::LogScope scope(request_id_);
  BodySource::Given given;
  try {
    given = source_->give();
  } catch (const std::exception& error) {
    logger_.error("a body source threw", {{"what", error.what()}});
  }
  const auto bytes = given.text.size() + given.bytes.size();
  if (!settle({given.status, bytes}, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, left_.value_or(bytes)))))
    return;
  const auto piece = std::make_shared<Piece>(kChunkHeadBytes + given.text.size() + kChunkTail.size());
  piece->begin = kChunkHeadBytes;
  piece->end = kChunkHeadBytes + given.text.size();
  std::memcpy(piece->memory.get() + kChunkHeadBytes, given.text.data(), given.text.size());
  piece->whole = std::move(given.bytes);
  announce(*piece, bytes);
  on_piece_(piece);
}

// Puts chunked's size before a piece, and the end of the line behind it.
void SourcePull::announce(Piece& piece, std::size_t bytes) const {
  if (!chunked_) return;
  std::array<char, kChunkHeadBytes> digits{};
  auto* end = std::to_chars(digits.data(), digits.data() + digits.size() - 2, bytes, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  const auto length = static_cast<std::size_t>(end - digits.data());
  piece.begin -= length;
  std::memcpy(piece.memory.get() + piece.begin, digits.data(), length);
  if (!piece.whole.empty()) {
    piece.tail = kChunkTail;
    return;
  }
  std::memcpy(piece.memory.get() + piece.end, kChunkTail.data(), kChunkTail.size());
  piece.end += kChunkTail.size();
}

void SourcePull::stop() {
  if (std::exchange(stopped_, true)) return;
  on_piece_ = [](const std::shared_ptr<Piece>&) {};
  if (!source_) return;
  source_->abandon();
  // Its destructor may close files or wait for locks: not here.
  (void)pool_.post([source = std::move(source_)]() mutable { source.reset(); });
}

}  // namespace kith::daemon
