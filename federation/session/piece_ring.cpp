#include "federation/session/piece_ring.hpp"

namespace kith::federation {

std::span<std::uint8_t> PieceRing::borrow() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return full_ < kPieces || abandoned_; });
  if (abandoned_) return {};
  Piece& piece = pieces_[(first_ + full_) % kPieces];
  if (!piece.memory) piece.memory = std::make_unique_for_overwrite<std::uint8_t[]>(kMaxFrame);
  return {piece.memory.get(), kMaxFrame};
}

void PieceRing::publish(std::size_t size) {
  {
    std::lock_guard lock(mutex_);
    Piece& piece = pieces_[(first_ + full_) % kPieces];
    piece.size = size;
    piece.used = 0;
    ++full_;
  }
  wake();
}

void PieceRing::finish(bool whole) {
  {
    std::lock_guard lock(mutex_);
    state_ = whole ? State::whole : State::cut;
  }
  wake();
}

bool PieceRing::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return abandoned_; });
}

std::span<const std::uint8_t> PieceRing::front() {
  std::lock_guard lock(mutex_);
  if (full_ == 0) return {};
  const Piece& piece = pieces_[first_];
  return std::span<const std::uint8_t>(piece.memory.get(), piece.size).subspan(piece.used);
}

void PieceRing::consume(std::size_t size) {
  {
    std::lock_guard lock(mutex_);
    Piece& piece = pieces_[first_];
    piece.used += size;
    if (piece.used < piece.size) return;
    first_ = (first_ + 1) % kPieces;
    --full_;
  }
  changed_.notify_one();
}

PieceRing::State PieceRing::state() {
  std::lock_guard lock(mutex_);
  return full_ > 0 ? State::open : state_;
}

void PieceRing::on_ready(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void PieceRing::abandon() {
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    wake_ = nullptr;
  }
  changed_.notify_all();
}

bool PieceRing::abandoned() {
  std::lock_guard lock(mutex_);
  return abandoned_;
}

// Outside the lock: the reader may come back at once.
void PieceRing::wake() {
  std::function<void()> call;
  {
    std::lock_guard lock(mutex_);
    call = wake_;
  }
  if (call) call();
}

}  // namespace kith::federation
