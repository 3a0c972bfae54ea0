#pragma once
// Incremental decoder of the chunked transfer coding (RFC 9112, section 7.1). Strict and bounded: sizes are at most 15
// hexadecimal digits, lines end in CRLF, chunk extensions and trailers are read over and limited. Not thread-safe.

#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"

namespace kith::daemon {

class ChunkedDecoder {
 public:
  static constexpr std::size_t kMaxExtensionBytes = 4096;  // of all chunks of a body together
  static constexpr std::size_t kMaxTrailerBytes = 4096;

  enum class Status : std::uint8_t { more, done, bad };
  struct Step {
    Status status = Status::more;
    std::size_t consumed = 0;  // bytes of the input used up
    core::ByteView data;       // body bytes inside the consumed input, may be empty
  };
  // Consumes input up to the end of the next run of body bytes. Call again with the rest until `more` with all
  // consumed. At most `max_data` body bytes are taken in one step. After `done` and `bad` nothing more is consumed.
  Step step(core::ByteView input, std::size_t max_data);

 private:
  enum class State : std::uint8_t {
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_start,
    trailer_line,
    trailer_lf,
    end_lf,
    done,
    bad
  };
  State next(std::uint8_t byte);
  State size_digit(std::uint8_t byte);
  State extension_byte(std::uint8_t byte);
  State trailer_byte(std::uint8_t byte);

  State state_ = State::size;
  std::uint64_t left_ = 0;  // of the current chunk
  int digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace kith::daemon
