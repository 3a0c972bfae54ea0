// Accept-Encoding from a stranger: what is chosen was offered, or is identity, and the case does not matter.

#include <array>
#include <cstdlib>
#include <string>

#include "core/encoding.hpp"
#include "daemon/http/accept_encoding.hpp"

using namespace kith::daemon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using enum ContentCoding;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lower = kith::core::to_lower_ascii(text);
  Headers headers, lower_case;
  headers.add("Accept-Encoding", text);
  lower_case.add("accept-encoding", lower);
  constexpr std::array<ContentCoding, 3> kAll{brotli, gzip, identity};
  const auto chosen = choose_coding(headers, kAll);
  if (chosen != choose_coding(lower_case, kAll)) std::abort();
  // A coding that is neither named nor covered by the star is not sent.
  const bool named = lower.find(coding_name(chosen)) != std::string::npos || lower.find('*') != std::string::npos;
  if (chosen != identity && !named) std::abort();
  if (choose_coding(headers, std::array{gzip, identity}) == brotli) std::abort();
  if (choose_coding(headers, std::array{identity}) != identity) std::abort();
  return 0;
}
