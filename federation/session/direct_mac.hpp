#pragma once
// MACs of direct requests and answers (PROTOCOL.md, "Direct requests"). They bind a request to its session; secrecy and
// the content's integrity come from TLS to the pinned key. Pure functions.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/crypto/hmac.hpp"
#include "federation/peers.hpp"
#include "federation/session/session_ids.hpp"
#include "federation/session/session_keys.hpp"

namespace kith::federation {

// Views borrow; an absent header is empty.
struct DirectRequestFields {
  std::string_view method;
  std::string_view target;  // with the query, exactly as sent
  std::string_view range;
  std::string_view if_range;
  std::string_view body;
};

struct DirectAnswerFields {
  int status = 0;
  std::string_view content_type;
  std::string_view content_length;
  std::string_view content_range;
  std::string_view etag;
  std::string_view repr_digest;
};

core::Mac direct_request_mac(const SessionMacKey& key, const SessionId& session, std::uint64_t counter,
                             const DirectRequestFields& fields);
core::Mac direct_answer_mac(const SessionMacKey& key, const SessionId& session, std::uint64_t counter,
                            const DirectAnswerFields& fields);

// The fields of an answer with these headers. Borrows from `headers`.
DirectAnswerFields direct_answer_fields(int status, const HeaderList& headers);

}  // namespace kith::federation
