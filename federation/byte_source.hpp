#pragma once
// A body that is made as it is sent: what federation hands to the HTTP layer without knowing it.

#include <cstdint>
#include <functional>
#include <span>

namespace kith::federation {

class ByteSource {
 public:
  enum class Status : std::uint8_t {
    data,     // `filled` bytes (> 0) stand in the space
    pending,  // nothing now; wake() will be called
    end,      // complete
    failed,   // cut: what was handed out is not whole
  };
  struct Result {
    Status status = Status::failed;
    std::size_t filled = 0;
  };
  virtual ~ByteSource() = default;
  // Called by one thread at a time. May block on the disk, never on a peer (that is what pending is for).
  virtual Result read(std::span<std::uint8_t> space) = 0;
  // Called once before the first read. `wake` may be called from any thread, also late or too often; it never blocks.
  virtual void on_ready(std::function<void()> wake) { (void)wake; }
  // The reader has gone; nothing is read after it. May be called from any thread.
  virtual void abandon() {}
};

}  // namespace kith::federation
