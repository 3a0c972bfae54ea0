#pragma once
// One mail as it goes over the wire (RFC 5322, MIME text/plain in UTF-8). Pure.

#include <string>

#include "core/error.hpp"
#include "core/time.hpp"

namespace kith::accounts {

using core::Expected;

struct Message {
  std::string id;  // of letters and digits; unique with the domain of `from`
  core::Timestamp date{};
  std::string from;       // an e-mail address
  std::string from_name;  // whose it is, for people
  std::string to;         // an e-mail address
  std::string subject;
  std::string text;  // lines end with LF
};

enum class TextCoding : std::uint8_t {
  seven_bit,  // for mail servers: quoted-printable where the text is not plain ASCII with lines of at most 998
              // characters
  eight_bit,  // for files that people look into: as it is
};

// Lines end with CRLF. bad_request when an address or another header field holds what could begin another one, or the
// text is not UTF-8.
[[nodiscard]] Expected<std::string> to_rfc5322(const Message& message, TextCoding coding);

}  // namespace kith::accounts
