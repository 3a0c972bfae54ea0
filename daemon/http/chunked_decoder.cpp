#include "daemon/http/chunked_decoder.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

constexpr int kMaxSizeDigits = 15;  // 60 bits: no overflow, more than any file

int hex_value(std::uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::step(core::ByteView input, std::size_t max_data) {
  Step out;
  while (out.consumed < input.size() && state_ != State::done && state_ != State::bad) {
    if (state_ == State::data) {
      const auto available = std::min(input.size() - out.consumed, max_data);
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, available));
      out.data = input.subspan(out.consumed, taken);
      out.consumed += taken;
      left_ -= taken;
      if (left_ == 0) state_ = State::data_cr;
      return out;
    }
    state_ = next(input[out.consumed]);
    ++out.consumed;
  }
  if (state_ == State::done) out.status = Status::done;
  if (state_ == State::bad) out.status = Status::bad;
  return out;
}

ChunkedDecoder::State ChunkedDecoder::next(std::uint8_t byte) {
  switch (state_) {
    case State::size:
      return size_digit(byte);
    case State::extension:
      return extension_byte(byte);
    case State::size_lf:
      if (byte != '\n') return State::bad;
      return left_ > 0 ? State::data : State::trailer_start;
    case State::data_cr:
      return byte == '\r' ? State::data_lf : State::bad;
    case State::data_lf:
      digits_ = 0;
      return byte == '\n' ? State::size : State::bad;
    case State::trailer_start:
      return byte == '\r' ? State::end_lf : trailer_byte(byte);
    case State::trailer_line:
      return trailer_byte(byte);
    case State::trailer_lf:
      return byte == '\n' ? State::trailer_start : State::bad;
    case State::end_lf:
      return byte == '\n' ? State::done : State::bad;
    case State::data:
    case State::done:
    case State::bad:
      return state_;
  }
  return State::bad;
}

ChunkedDecoder::State ChunkedDecoder::size_digit(std::uint8_t byte) {
  const int value = hex_value(byte);
  if (value >= 0) {
    if (++digits_ > kMaxSizeDigits) return State::bad;
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return State::size;
  }
  if (digits_ == 0) return State::bad;
  if (byte == '\r') return State::size_lf;
  return byte == ';' ? extension_byte(byte) : State::bad;
}

ChunkedDecoder::State ChunkedDecoder::extension_byte(std::uint8_t byte) {
  if (++extension_bytes_ > kMaxExtensionBytes || byte == '\n' || byte == '\0') return State::bad;
  return byte == '\r' ? State::size_lf : State::extension;
}

ChunkedDecoder::State ChunkedDecoder::trailer_byte(std::uint8_t byte) {
  if (++trailer_bytes_ > kMaxTrailerBytes || byte == '\n' || byte == '\0') return State::bad;
  return byte == '\r' ? State::trailer_lf : State::trailer_line;
}

}  // namespace kith::daemon
