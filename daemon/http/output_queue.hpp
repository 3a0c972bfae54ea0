#pragma once
// What a connection still has to send, in order: bytes, pieces of streamed bodies, slices of files. Used by one event
// thread. Bounded by its users: a head and a body at a time.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/http/message.hpp"
#include "daemon/http/socket_stream.hpp"

namespace kith::daemon {

// A part of a streamed body: [begin, end) of `memory` is to be sent, and behind it `whole` and `tail`.
struct Piece {
  explicit Piece(std::size_t size) : memory(std::make_unique_for_overwrite<std::uint8_t[]>(size)), capacity(size) {}
  std::unique_ptr<std::uint8_t[]> memory;
  std::size_t capacity;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string whole = {};
  std::size_t whole_sent = 0;
  std::string_view tail = {};  // of a constant

  std::size_t left() const { return end - begin + whole.size() - whole_sent + tail.size(); }
  // What is sent next: not empty as long as anything is left.
  core::ByteView next() const;
  void sent(std::size_t bytes);  // of next()
};

class OutputQueue {
 public:
  void push(std::string bytes);
  void push(std::shared_ptr<Piece> piece);
  void push(FileSlice slice);
  void clear() { segments_.clear(); }
  bool empty() const { return segments_.empty(); }
  std::size_t pieces() const { return pieces_; }

  enum class State : std::uint8_t {
    drained,  // nothing is left
    blocked,  // the socket takes no more now, or the budget is used up
    cold,  // the next window of the file is not in memory, or must be asked for: call warm() in a worker thread first
    failed,
  };
  struct Progress {
    State state = State::drained;
    std::size_t sent = 0;
  };
  Progress flush(SocketStream& stream, std::size_t budget, std::span<std::uint8_t> scratch);

  // With cold: the window to read, and what keeps its file open.
  FileSlice cold_window() const;
  void mark_warm();

 private:
  struct Text {
    std::string bytes;
    std::size_t offset = 0;
  };
  struct File {
    FileSlice left;
    std::uint64_t warm_until = 0;  // offset in the file
  };
  using Segment = std::variant<Text, std::shared_ptr<Piece>, File>;

  IoResult send_front(SocketStream& stream, std::size_t budget, std::span<std::uint8_t> scratch);
  static bool finished(const Segment& segment);

  std::deque<Segment> segments_;
  std::size_t pieces_ = 0;
};

// Reads `window` into the page cache; blocks on the disk. Asks for the one behind it on the way. False when the file
// does not let it be sent.
[[nodiscard]] bool warm(const FileSlice& window);

}  // namespace kith::daemon
