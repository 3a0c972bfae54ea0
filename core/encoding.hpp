#pragma once
// Text forms of bytes, and checks of text. Decoders are strict: what would not be encoded again the same is refused.

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace kith::core {

// Lower-case hexadecimal (RFC 4648, section 8, but lower case). Decoding takes lower case only.
std::string to_hex(ByteView bytes);
std::optional<Bytes> from_hex(std::string_view text);

// base64url without padding (RFC 4648, section 5); unused bits must be zero.
std::string to_base64url(ByteView bytes);
std::optional<Bytes> from_base64url(std::string_view text);
// Plain base64 with padding (RFC 4648, section 4), as HTTP's Basic and structured fields use it.
std::string to_base64(ByteView bytes);
std::optional<Bytes> from_base64(std::string_view text);

// Upper-case base32 without padding (RFC 4648, section 6).
std::string to_base32(ByteView bytes);

// Decodes base64url into a fixed-size type that has `from(ByteView)`, e.g. from_base64url_as<VerifyKey>(text).
template <class T>
std::optional<T> from_base64url_as(std::string_view text) {
  auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  return T::from(*bytes);
}

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
// Number of code points of valid UTF-8.
std::size_t count_code_points(std::string_view text);
// Takes the first code point off `text`, which is valid UTF-8 and not empty.
char32_t take_code_point(std::string_view& text);
// `text` percent-encoded but for RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);
// Undoes percent-encoding; '+' stays '+'. Nothing for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);
// ASCII only; the rest stays.
std::string to_lower_ascii(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace kith::core
