#pragma once
// A few buffers between the thread that fetches content from a peer and the reader that passes it on: what bounds the
// memory of a transfer, and holds the peer back when the reader is slow. One producer and one consumer, each its own
// thread; abandon() from any.

#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "federation/session/session_limits.hpp"

namespace kith::federation {

class PieceRing {
 public:
  static constexpr std::size_t kPieces = 4;

  // Producer. Memory for the next piece, kMaxFrame bytes; blocks while all are full. Empty once abandoned.
  std::span<std::uint8_t> borrow();
  // The first `size` bytes of what was borrowed last are a piece.
  void publish(std::size_t size);
  // Nothing more comes. `whole` false: what came is not everything.
  void finish(bool whole);
  // Waits so long, or until abandoned; false then.
  bool pause(std::chrono::milliseconds time);

  // Consumer. The rest of the oldest piece; empty when there is none now (wake() follows).
  std::span<const std::uint8_t> front();
  // So many bytes of front() were used.
  void consume(std::size_t size);
  enum class State : std::uint8_t { open, whole, cut };
  // After front() was empty: whether something may still come.
  State state();
  void on_ready(std::function<void()> wake);

  void abandon();
  bool abandoned();

 private:
  struct Piece {
    std::unique_ptr<std::uint8_t[]> memory;  // kMaxFrame bytes, once it is needed
    std::size_t size = 0;
    std::size_t used = 0;
  };
  void wake();

  std::mutex mutex_;  // guards the rest, but for the memory of the piece each side works on
  std::condition_variable changed_;
  std::array<Piece, kPieces> pieces_;
  std::size_t first_ = 0;  // of the full ones
  std::size_t full_ = 0;
  State state_ = State::open;
  bool abandoned_ = false;
  std::function<void()> wake_;
};

}  // namespace kith::federation
