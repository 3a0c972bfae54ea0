#pragma once
// Bodies that are never held whole: sinks take a request's pieces, sources make a response's.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::daemon {

struct Response;  // message.hpp

// Takes a request body piece by piece (up to 512 KiB each). All calls and the destruction come from worker threads, one
// at a time; while one runs, the connection reads at most one piece ahead. Destroyed without finish() when the client
// goes or a limit is hit: must then leave nothing behind.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // An Error is answered as a problem document and ends the upload; the detail of an internal one goes to the log
  // alone.
  [[nodiscard]] virtual core::Expected<void> write(core::ByteView piece) = 0;
  // The whole body has come. Errors as with write().
  [[nodiscard]] virtual core::Expected<Response> finish() = 0;
  // An answer that does not wait for the body, in the sink's own words: asked for once when it was opened, and after a
  // write() that failed. With one the rest of the body is not taken, and the sink goes without finish().
  virtual std::shared_ptr<Response> early_answer() { return nullptr; }
};

// Makes a response body. read() is called from worker threads, one at a time, when the socket has room: all pieces but
// the one before have gone to it then. A source whose pieces are in memory already has give() in its place, which
// spares the copy and the thread.
class BodySource {
 public:
  enum class Status : std::uint8_t {
    data,     // `filled` bytes (> 0) stand in the space
    pending,  // nothing now; wake() will be called
    end,      // complete
    failed,   // the connection is cut, so that the client sees the body is not whole
  };
  struct Result {
    Status status = Status::failed;
    std::size_t filled = 0;
  };
  virtual ~BodySource() = default;
  // May block on the disk, never on a peer or a person (that is what pending is for). `space` has 512 KiB
  // at most, and no more than the promised length still allows.
  virtual Result read(std::span<std::uint8_t> space) {
    (void)space;
    return {};
  }
  // With data: `text`, and `bytes` behind it.
  struct Given {
    Status status = Status::failed;
    std::string text = {};
    std::string bytes = {};
  };
  virtual bool gives() const { return false; }
  // Called on the event thread: must not block.
  virtual Given give() { return {}; }
  // Called once before the first read. `wake` may be called from any thread, also late or too often; it never blocks.
  virtual void on_ready(std::function<void()> wake) { (void)wake; }
  // Called once: the client has gone or the response ended; nothing is read after it, but a read may be running just
  // now. May be called from any thread; must not block.
  virtual void abandon() {}
};

}  // namespace kith::daemon
