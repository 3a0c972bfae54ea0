#pragma once
// Takes a request body out of the bytes of a connection: by Content-Length or chunked. Used by one event thread.

#include <algorithm>
#include <cstdint>

#include "core/bytes.hpp"
#include "daemon/http/chunked_decoder.hpp"
#include "daemon/http/head_parser.hpp"

namespace kith::daemon {

class BodyReader {
 public:
  BodyReader() = default;
  explicit BodyReader(const RequestHead& head)
      : chunked_(head.chunked), left_(head.content_length.value_or(0)), done_(!head.has_body()) {}

  // As ChunkedDecoder::step().
  ChunkedDecoder::Step step(core::ByteView input, std::size_t max_data) {
    ChunkedDecoder::Step out;
    if (chunked_) {
      out = decoder_.step(input, max_data);
    } else {
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>({input.size(), max_data, left_}));
      out.consumed = taken;
      out.data = input.first(taken);
      left_ -= taken;
      if (left_ == 0) out.status = ChunkedDecoder::Status::done;
    }
    done_ = out.status == ChunkedDecoder::Status::done;
    return out;
  }
  bool done() const { return done_; }
  // Bytes that may be read from the socket straight into a consumer's buffer; 0 when they need decoding.
  std::uint64_t plain_bytes_left() const { return chunked_ ? 0 : left_; }

 private:
  bool chunked_ = false;
  std::uint64_t left_ = 0;
  bool done_ = true;
  ChunkedDecoder decoder_;
};

}  // namespace kith::daemon
