#pragma once
// Time-based one-time passwords (RFC 6238) as authenticator apps make them: HMAC-SHA-1, six digits, a new one each 30
// seconds. Pure functions, thread-safe.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.hpp"
#include "core/time.hpp"

namespace kith::core {

using TotpKey = Secret<20, struct TotpKeyTag>;  // as long as HMAC-SHA-1's output (RFC 4226, section 4, R6)

inline constexpr std::chrono::seconds kTotpStep{30};  // RFC 6238, section 5.2
inline constexpr std::size_t kTotpDigits = 6;         // RFC 4226, section 5.3
// Codes of so many steps before and after now are taken too: clocks differ, and typing takes its time.
inline constexpr std::int64_t kTotpWindow = 1;

// The number of the step that `time` lies in.
std::int64_t totp_step(Timestamp time);
// The code of a step.
std::string totp_code(const TotpKey& key, std::int64_t step);
// The step, of those around `now`, whose code `code` is; nothing when it is none's. Takes as long for any code of six
// characters.
std::optional<std::int64_t> find_totp_step(const TotpKey& key, std::string_view code, Timestamp now);
// What authenticator apps read, also as a QR code: "otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER…". Texts may
// be any UTF-8. Holds the key.
std::string totp_uri(const TotpKey& key, std::string_view issuer, std::string_view account);

}  // namespace kith::core
