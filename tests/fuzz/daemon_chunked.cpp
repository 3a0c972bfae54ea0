// Chunked bodies from a stranger: however the input is cut, the same bytes come out, and never more than went in.

#include <cstdlib>
#include <string>

#include "daemon/http/chunked_decoder.hpp"

using kith::daemon::ChunkedDecoder;

namespace {

struct Decoded {
  ChunkedDecoder::Status status = ChunkedDecoder::Status::more;
  std::string body;
  std::size_t consumed = 0;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(kith::core::ByteView input, std::size_t stride, std::size_t max_data) {
  ChunkedDecoder decoder;
  Decoded out;
  while (out.consumed < input.size()) {
    const auto part = input.subspan(out.consumed, std::min(stride, input.size() - out.consumed));
    const auto step = decoder.step(part, max_data);
    if (step.data.size() > max_data || step.consumed > part.size()) std::abort();
    out.body.append(kith::core::as_text(step.data));
    out.consumed += step.consumed;
    out.status = step.status;
    if (step.status != ChunkedDecoder::Status::more) return out;
    if (step.consumed == 0) std::abort();  // no progress
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kith::core::ByteView input(data, size);
  const auto whole = decode(input, size + 1, size + 1);
  if (whole.body.size() > size) std::abort();
  if (decode(input, 1, 1) != whole || decode(input, 7, 3) != whole) std::abort();
  return 0;
}
