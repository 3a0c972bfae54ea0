#include "federation/session/session_problem.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "federation/net/peer_door.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {

PrivateResponse problem_response(const core::Error& error, const std::string& request_id) {
  const auto& info = core::error_info(error.code);
  core::Json document = {
      {"status", info.http_status}, {"title", std::string(info.title)}, {"code", std::string(info.name)}};
  // What went wrong inside is for the log here, not for the peer.
  if (!error.detail.empty() && error.code != core::ErrorCode::internal) document["detail"] = error.detail;
  if (!request_id.empty()) document["request_id"] = request_id;
  PrivateResponse response;
  response.status = info.http_status;
  response.headers = {{"content-type", std::string(kProblemMediaType)}, {"cache-control", "no-store"}};
  if (error.retry_after) response.headers.emplace_back("retry-after", std::to_string(error.retry_after->count()));
  response.body = core::to_json_text(document);
  return response;
}

core::Error error_from_inner_answer(const std::string& peer, const InnerAnswer& answer) {
  PeerResponse response;
  response.status = answer.head.status;
  response.headers = answer.head.headers;
  response.body = answer.body;
  return error_from_answer(peer, response);
}

}  // namespace kith::federation
