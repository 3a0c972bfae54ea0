#include "federation/signing.hpp"

#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "core/length_prefixed.hpp"
#include "federation/limits.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {

std::string label(Step step, std::string_view direction) {
  std::string out(kProtocol);
  out += ' ';
  out += step_name(step);
  out += ' ';
  out += direction;
  return out;
}

core::LengthPrefixed request_input(Step step, std::string_view body) {
  core::LengthPrefixed input;
  input.add(label(step, "request")).add(body);
  return input;
}

core::LengthPrefixed answer_input(Step step, std::string_view direction, std::string_view request_body,
                                  std::string_view body) {
  core::LengthPrefixed input;
  input.add(label(step, direction)).add(request_hash(request_body).view()).add(body);
  return input;
}

}  // namespace

std::string_view step_name(Step step) {
  switch (step) {
    case Step::init:
      return "init";
    case Step::exchange:
      return "exchange";
    case Step::verify:
      return "verify";
    case Step::complete:
      return "complete";
    case Step::poll:
      return "poll";
    case Step::auth:
      return "auth";
  }
  return {};
}

std::string signature_header(const core::Signature& signature) {
  return core::to_base64url(signature.view());
}

std::optional<core::Signature> parse_signature_header(std::string_view value) {
  constexpr std::size_t kCharacters = 86;
  if (value.size() != kCharacters) return std::nullopt;
  return core::from_base64url_as<core::Signature>(value);
}

core::Digest request_hash(std::string_view body) {
  return core::labelled_hash(kRequestHashLabel, {body});
}

SignedMessage sign_request(const core::SigningKey& key, Step step, std::string body) {
  const auto signature = key.sign(request_input(step, body).view());
  return {std::move(body), signature};
}

bool verify_request(const core::VerifyKey& key, Step step, const SignedMessage& request) {
  return core::verify_signature(key, request_input(step, request.body).view(), request.signature);
}

SignedMessage sign_response(const core::SigningKey& key, Step step, std::string_view request_body, std::string body) {
  const auto signature = key.sign(answer_input(step, "response", request_body, body).view());
  return {std::move(body), signature};
}

bool verify_response(const core::VerifyKey& key, Step step, std::string_view request_body,
                     const SignedMessage& response) {
  return core::verify_signature(key, answer_input(step, "response", request_body, response.body).view(),
                                response.signature);
}

SignedMessage sign_error(const core::SigningKey& key, Step step, std::string_view request_body, std::string body) {
  const auto signature = key.sign(answer_input(step, "error", request_body, body).view());
  return {std::move(body), signature};
}

bool verify_error(const core::VerifyKey& key, Step step, std::string_view request_body, const SignedMessage& error) {
  return core::verify_signature(key, answer_input(step, "error", request_body, error.body).view(), error.signature);
}

bool is_final_code(core::ErrorCode code) {
  return code == core::ErrorCode::handshake_rejected || code == core::ErrorCode::handshake_ended ||
         code == core::ErrorCode::connection_ended;
}

SignedMessage sign_refusal(const core::SigningKey& key, Step step, std::string_view request_body,
                           const core::Error& error) {
  const auto& info = core::error_info(error.code);
  const core::Json body{{"status", info.http_status},
                        {"title", info.title},
                        {"code", info.name},
                        {"detail", error.detail.substr(0, kMaxRefusalTextBytes)}};
  return sign_error(key, step, request_body, core::to_json_text(body));
}

std::optional<core::Error> verified_refusal(const core::VerifyKey& key, Step step, std::string_view request_body,
                                            int http_status, const SignedMessage& answer) {
  if (!verify_error(key, step, request_body, answer)) return std::nullopt;
  const auto body = core::parse_json_object(answer.body);
  if (!body) return std::nullopt;
  const auto status = core::required_integer(*body, "status", 400, 499);
  const auto name = core::required_text(*body, "code", 64);
  if (!status || *status != http_status || !name) return std::nullopt;
  const auto code = core::error_code_from_name(*name);
  if (!code || !is_final_code(*code)) return std::nullopt;
  const auto detail = core::optional_text(*body, "detail", kMaxRefusalTextBytes);
  return core::Error{*code, detail && *detail ? **detail : std::string(), std::nullopt, std::nullopt};
}

}  // namespace kith::federation
