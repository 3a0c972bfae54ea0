#include "core/error.hpp"

#include <array>
#include <utility>

namespace kith::core {
namespace {

constexpr std::array kTable{
    ErrorInfo{ErrorCode::bad_request, "bad_request", 400, "The request is not well-formed"},
    ErrorInfo{ErrorCode::unauthorized, "unauthorized", 401, "Log in first"},
    ErrorInfo{ErrorCode::forbidden, "forbidden", 403, "Not allowed"},
    ErrorInfo{ErrorCode::not_found, "not_found", 404, "Nothing here"},
    ErrorInfo{ErrorCode::method_not_allowed, "method_not_allowed", 405, "This method does not apply here"},
    ErrorInfo{ErrorCode::request_timeout, "request_timeout", 408, "The request took too long to arrive"},
    ErrorInfo{ErrorCode::conflict, "conflict", 409, "It conflicts with what is there"},
    ErrorInfo{ErrorCode::gone, "gone", 410, "No longer here"},
    ErrorInfo{ErrorCode::length_required, "length_required", 411, "The length is needed"},
    ErrorInfo{ErrorCode::precondition_failed, "precondition_failed", 412, "It has changed"},
    ErrorInfo{ErrorCode::too_large, "too_large", 413, "Too large"},
    ErrorInfo{ErrorCode::target_too_long, "target_too_long", 414, "The address is too long"},
    ErrorInfo{ErrorCode::unsupported_media_type, "unsupported_media_type", 415, "This media type is not taken here"},
    ErrorInfo{ErrorCode::range_not_satisfiable, "range_not_satisfiable", 416, "No such range"},
    ErrorInfo{ErrorCode::misdirected, "misdirected", 421, "This host is not served here"},
    ErrorInfo{ErrorCode::locked, "locked", 423, "Somebody else is writing to it"},
    ErrorInfo{ErrorCode::too_many_requests, "too_many_requests", 429, "Too many requests"},
    ErrorInfo{ErrorCode::head_too_large, "head_too_large", 431, "The header fields are too large"},
    ErrorInfo{ErrorCode::internal, "internal", 500, "Something went wrong in the server"},
    ErrorInfo{ErrorCode::busy, "busy", 503, "Too busy right now"},
    ErrorInfo{ErrorCode::storage_full, "storage_full", 507, "The disk is full"},
    ErrorInfo{ErrorCode::quota_exceeded, "quota_exceeded", 507, "The quota is used up"},
    ErrorInfo{ErrorCode::idempotency_mismatch, "idempotency_mismatch", 422, "This key was used for another request"},
    ErrorInfo{ErrorCode::csrf, "csrf", 403, "Not sent by this instance's own page"},
    ErrorInfo{ErrorCode::storage_failed, "storage_failed", 503, "The disk does not do as it should"},
    ErrorInfo{ErrorCode::content_damaged, "content_damaged", 500, "The content is damaged on the disk"},
    ErrorInfo{ErrorCode::password_required, "password_required", 401, "A password is needed"},
    ErrorInfo{ErrorCode::wrong_password, "wrong_password", 401, "Not the right password"},
    ErrorInfo{ErrorCode::checksum_mismatch, "checksum_mismatch", 460, "The checksum does not fit"},
    ErrorInfo{ErrorCode::second_factor_required, "second_factor_required", 401,
              "A code of the second factor is needed"},
    ErrorInfo{ErrorCode::wrong_second_factor, "wrong_second_factor", 401, "Not the right code"},
    ErrorInfo{ErrorCode::wrong_current_password, "wrong_current_password", 403, "Not your present password"},
    ErrorInfo{ErrorCode::weak_password, "weak_password", 400, "This password is too easily guessed"},
    ErrorInfo{ErrorCode::registration_closed, "registration_closed", 403, "Nobody can register here"},
    ErrorInfo{ErrorCode::challenge_failed, "challenge_failed", 400, "The challenge was not solved"},
    ErrorInfo{ErrorCode::scope_missing, "scope_missing", 403, "This token may not be used for that"},
    ErrorInfo{ErrorCode::handshake_rejected, "handshake_rejected", 403, "The handshake was rejected"},
    ErrorInfo{ErrorCode::handshake_ended, "handshake_ended", 410, "The handshake has ended"},
    ErrorInfo{ErrorCode::connection_ended, "connection_ended", 403, "The connection has ended"},
    ErrorInfo{ErrorCode::not_ready, "not_ready", 409, "Not ready for this step yet"},
    ErrorInfo{ErrorCode::crossed, "crossed", 409, "Both sides asked at once"},
    ErrorInfo{ErrorCode::timestamp_out_of_range, "timestamp_out_of_range", 400, "The clocks differ too much"},
    ErrorInfo{ErrorCode::replayed, "replayed", 409, "This message was seen before"},
    ErrorInfo{ErrorCode::session_unknown, "session_unknown", 401, "No such session"},
    ErrorInfo{ErrorCode::session_expired, "session_expired", 401, "The session has expired"},
    ErrorInfo{ErrorCode::counter_seen, "counter_seen", 409, "This counter was used before"},
    ErrorInfo{ErrorCode::range_required, "range_required", 400, "Ask for a range"},
    ErrorInfo{ErrorCode::not_verified, "not_verified", 403, "The words have not been compared yet"},
    ErrorInfo{ErrorCode::key_mismatch, "key_mismatch", 409, "The instance has another key than expected"},
    ErrorInfo{ErrorCode::fingerprint_mismatch, "fingerprint_mismatch", 409, "Not the fingerprint that was shown"},
    ErrorInfo{ErrorCode::wrong_state, "wrong_state", 409, "Not possible in this state"},
    ErrorInfo{ErrorCode::peer_blocked, "peer_blocked", 403, "This instance is blocked"},
    ErrorInfo{ErrorCode::peer_unreachable, "peer_unreachable", 503, "The other instance cannot be reached"},
    ErrorInfo{ErrorCode::peer_error, "peer_error", 502, "The other instance gave an answer that makes no sense"},
    ErrorInfo{ErrorCode::transfer_superseded, "transfer_superseded", 409, "This part of the transfer is over"},
    ErrorInfo{ErrorCode::transfer_ended, "transfer_ended", 410, "The transfer has ended"},
    ErrorInfo{ErrorCode::sender_gone, "sender_gone", 410, "The sender has gone"},
    ErrorInfo{ErrorCode::file_changed, "file_changed", 409, "The file was changed meanwhile"},
    ErrorInfo{ErrorCode::not_authentic, "not_authentic", 403, "It does not come from who has the link"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].code) != i) return false;
  }
  return kTable.size() == static_cast<std::size_t>(ErrorCode::count_);
}
static_assert(in_order(), "one row for each code, in the order of the enumeration");

}  // namespace

std::span<const ErrorInfo> error_table() {
  return kTable;
}

const ErrorInfo& error_info(ErrorCode code) {
  return kTable.at(static_cast<std::size_t>(code));
}

std::optional<ErrorCode> error_code_from_name(std::string_view name) {
  for (const auto& row : kTable) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

Unexpected fail(ErrorCode code, std::string detail) {
  return Unexpected(Error{code, std::move(detail), std::nullopt, std::nullopt});
}

}  // namespace kith::core
