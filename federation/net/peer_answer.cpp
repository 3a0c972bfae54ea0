#include "federation/net/peer_answer.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "federation/net/limits.hpp"

namespace kith::federation {

using core::Error;
using core::ErrorCode;

namespace {

// What a peer may say about a request between instances. Others would say something about our own user's request
// ("unauthorized", "quota_exceeded") that the peer cannot know.
constexpr ErrorCode kPeerMaySay[] = {
    ErrorCode::forbidden,
    ErrorCode::not_found,
    ErrorCode::conflict,
    ErrorCode::gone,
    ErrorCode::precondition_failed,
    ErrorCode::range_not_satisfiable,
    ErrorCode::misdirected,
    ErrorCode::too_many_requests,
    ErrorCode::busy,
    ErrorCode::handshake_rejected,
    ErrorCode::handshake_ended,
    ErrorCode::connection_ended,
    ErrorCode::not_ready,
    ErrorCode::crossed,
    ErrorCode::replayed,
    ErrorCode::timestamp_out_of_range,
    ErrorCode::session_unknown,
    ErrorCode::session_expired,
    ErrorCode::counter_seen,
    ErrorCode::range_required,
    ErrorCode::not_verified,
    ErrorCode::key_mismatch,
    ErrorCode::wrong_state,
    ErrorCode::fingerprint_mismatch,
};
constexpr std::chrono::seconds kLongestRetryAfter{3'600};

struct Problem {
  std::optional<ErrorCode> code;
  std::string words;
};

// One line without control characters, cut between characters.
std::string printable(std::string_view words) {
  std::string out;
  for (const char c : words) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (out.size() > net_limits::kPeerWords) {
    auto end = net_limits::kPeerWords;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
    out = out.substr(0, end) + "…";
  }
  return out;
}

Problem read_problem(const PeerResponse& answer) {
  Problem problem;
  const auto type = find_header(answer.headers, "Content-Type");
  if (!type || !core::to_lower_ascii(*type).starts_with("application/problem+json")) return problem;
  const auto json = core::parse_json_object(answer.body);
  if (!json) return problem;
  if (const auto name = json->find("code"); name != json->end() && name->is_string()) {
    problem.code = core::error_code_from_name(name->get_ref<const std::string&>());
  }
  for (const auto* field : {"detail", "title"}) {
    const auto found = json->find(field);
    if (problem.words.empty() && found != json->end() && found->is_string()) {
      problem.words = printable(found->get_ref<const std::string&>());
    }
  }
  return problem;
}

std::optional<std::chrono::seconds> retry_after(const PeerResponse& answer) {
  const auto header = find_header(answer.headers, "Retry-After");
  if (!header) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(header->data(), header->data() + header->size(), seconds);
  if (problem != std::errc{} || end != header->data() + header->size() || seconds < 0) return std::nullopt;
  return std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
}

}  // namespace

Error error_from_answer(std::string_view domain, const PeerResponse& answer) {
  const auto problem = read_problem(answer);
  Error error;
  error.code = ErrorCode::peer_error;
  if (problem.code && std::ranges::find(kPeerMaySay, *problem.code) != std::end(kPeerMaySay)) {
    error.code = *problem.code;
  } else if (!problem.code && (answer.status == 502 || answer.status == 504)) {
    error.code = ErrorCode::peer_unreachable;
  } else if (!problem.code && (answer.status == 429 || answer.status == 503)) {
    error.code = ErrorCode::busy;
  }
  if (error.code == ErrorCode::busy || error.code == ErrorCode::too_many_requests) {
    error.retry_after = retry_after(answer);
  }
  error.detail = std::string(domain) + " answered " + std::to_string(answer.status);
  if (!problem.words.empty()) error.detail += ", in its own words: \"" + problem.words + "\"";
  return error;
}

}  // namespace kith::federation
