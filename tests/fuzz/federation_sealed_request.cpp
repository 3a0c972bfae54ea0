// Sealed requests: arbitrary ciphertext never opens, arbitrary plaintext never crashes the parser or gets past its
// rules.
#include <cstdlib>

#include "federation/session/asset_json.hpp"
#include "federation/session/content_range.hpp"
#include "federation/session/notifications.hpp"
#include "federation/session/sealed_request.hpp"

using namespace kith;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = core::as_text({data, size});
  static core::Aead aead(core::AeadCipher::chacha20poly1305, core::AeadKey());
  core::Bytes sealed(data, data + size);
  if (federation::open_request(aead, {}, 0, sealed)) std::abort();

  if (const auto request = federation::parse_inner_request(text)) {
    if (!request->target.starts_with(federation::kPrivateRoot)) std::abort();
    const auto body = federation::seal_request(aead, {}, 1, *request);
    if (!body) return 0;
    core::Bytes bytes = core::to_bytes(core::as_bytes(*body));
    const auto opened = federation::open_request(aead, {}, 1, bytes);
    if (!opened || !federation::parse_inner_request(core::as_text(*opened))) std::abort();
  }
  if (const auto part = federation::evaluate_range(text, 1'000)) {
    if (part->length == 0 || part->offset + part->length > 1'000) std::abort();
  }
  (void)federation::parse_notification(text);
  (void)federation::parse_asset_page(text);
  return 0;
}
