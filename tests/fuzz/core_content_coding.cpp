// Encrypted content from a stranger: the first byte says how it is cut into pieces. However that is, the same comes
// out; and what is sealed opens again.

#include <cstdlib>

#include "core/crypto/content_coding.hpp"

using namespace kith::core;

namespace {

const Bytes kIkm(32, 0x5a);

struct Decoded {
  Bytes plain;
  bool whole = false;
  bool operator==(const Decoded&) const = default;
};

Decoded decode(ByteView sealed, std::size_t stride) {
  ContentDecoder decoder(kIkm);
  Decoded out;
  for (; !sealed.empty(); sealed = sealed.subspan(std::min(stride, sealed.size())))
    if (!decoder.write(sealed.first(std::min(stride, sealed.size())), out.plain)) return out;
  out.whole = decoder.finish(out.plain).has_value();
  return out;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  const auto at_once = decode(input, input.size() + 1);
  require(decode(input, 1u + data[0]) == at_once && at_once.plain.size() <= input.size());

  // The same bytes as content: sealed and opened they are what they were.
  ContentEncoder encoder(kIkm, CodingSalt(), 18u + data[0]);
  Bytes sealed;
  encoder.write(input, sealed);
  encoder.finish(sealed);
  require(sealed.size() == sealed_size(input.size(), 18u + data[0]));
  const auto opened = decode(sealed, 1u + data[0]);
  require(opened.whole && opened.plain == to_bytes(input));
  return 0;
}
