#pragma once
// The errors kith tells of, and the one table that ties each to its wire name and HTTP status (RFC 9457).
//
// Fallible functions return Expected<T>. An Error is a plain value: copyable, owns its text, safe to move between
// threads.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/time.hpp"

namespace kith::core {

enum class ErrorCode : std::uint8_t {
  // General HTTP
  bad_request,
  unauthorized,
  forbidden,
  not_found,
  method_not_allowed,
  request_timeout,
  conflict,
  gone,
  length_required,
  precondition_failed,
  too_large,
  target_too_long,
  unsupported_media_type,
  range_not_satisfiable,
  misdirected,
  locked,
  too_many_requests,
  head_too_large,
  internal,
  busy,
  storage_full,
  quota_exceeded,
  idempotency_mismatch,
  csrf,
  storage_failed,
  content_damaged,
  password_required,
  wrong_password,
  checksum_mismatch,
  // Accounts
  second_factor_required,
  wrong_second_factor,
  wrong_current_password,
  weak_password,
  registration_closed,
  challenge_failed,
  scope_missing,
  // Federation (federation/PROTOCOL.md, "Errors")
  handshake_rejected,
  handshake_ended,
  connection_ended,
  not_ready,
  crossed,
  timestamp_out_of_range,
  replayed,
  session_unknown,
  session_expired,
  counter_seen,
  range_required,
  not_verified,
  key_mismatch,
  fingerprint_mismatch,
  wrong_state,
  peer_blocked,
  peer_unreachable,
  peer_error,
  transfer_superseded,
  transfer_ended,
  sender_gone,
  file_changed,
  not_authentic,
  // Kept last.
  count_,
};

// One row of the table. `name` is the stable snake_case code of problem documents; `title` a short sentence for people.
struct ErrorInfo {
  ErrorCode code;
  std::string_view name;
  int http_status;
  std::string_view title;
};

// All rows, in the order of the enumeration.
std::span<const ErrorInfo> error_table();
const ErrorInfo& error_info(ErrorCode code);
// The code of a wire name, as a peer's problem document gives it; nothing for a name not in the table.
std::optional<ErrorCode> error_code_from_name(std::string_view name);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;                               // for people: what happened and what helps; never a secret
  std::optional<std::chrono::seconds> retry_after;  // with busy, too_many_requests
  std::optional<Timestamp> since;                   // with peer_unreachable: since when
};

template <class T>
using Expected = tl::expected<T, Error>;
using Unexpected = tl::unexpected<Error>;

// `return fail(ErrorCode::not_found, "no such asset");`
[[nodiscard]] Unexpected fail(ErrorCode code, std::string detail = {});

}  // namespace kith::core

// Leaves the function with the error of `expression`, an Expected<void>.
#define KITH_TRY(expression) KITH_TRY_(expression, __LINE__)
#define KITH_TRY_(expression, line) KITH_TRY__(expression, line)
#define KITH_TRY__(expression, line)                                                            \
  do {                                                                                          \
    auto kith_tried_##line = (expression);                                                      \
    if (!kith_tried_##line) return ::tl::make_unexpected(std::move(kith_tried_##line.error())); \
  } while (false)

// Declares `variable` as the value of `expression`, an Expected<T>, or leaves the function with its error.
#define KITH_TRY_ASSIGN(variable, expression) KITH_TRY_ASSIGN_(variable, expression, __LINE__)
#define KITH_TRY_ASSIGN_(variable, expression, line) KITH_TRY_ASSIGN__(variable, expression, line)
#define KITH_TRY_ASSIGN__(variable, expression, line)                                     \
  auto kith_try_##line = (expression);                                                    \
  if (!kith_try_##line) return ::tl::make_unexpected(std::move(kith_try_##line.error())); \
  auto variable = std::move(*kith_try_##line)
