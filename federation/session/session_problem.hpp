#pragma once
// Problem documents (RFC 9457) of the session part, and back. Pure functions.

#include <string>

#include "core/error.hpp"
#include "federation/session/private_message.hpp"
#include "federation/session/sealed_frames.hpp"

namespace kith::federation {

// A whole answer telling of `error`, not sealed.
PrivateResponse problem_response(const core::Error& error, const std::string& request_id);

// A whole answer held in memory: authenticated, of any status.
struct InnerAnswer {
  AnswerHead head;
  std::string body;
};
// What an authenticated answer of a status other than 2xx stands for. `peer` is for the text.
core::Error error_from_inner_answer(const std::string& peer, const InnerAnswer& answer);

}  // namespace kith::federation
