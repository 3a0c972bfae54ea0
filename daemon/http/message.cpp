#include "daemon/http/message.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::daemon {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{{Method::get, "GET"},
                                                                       {Method::head, "HEAD"},
                                                                       {Method::post, "POST"},
                                                                       {Method::put, "PUT"},
                                                                       {Method::patch, "PATCH"},
                                                                       {Method::delete_, "DELETE"},
                                                                       {Method::options, "OPTIONS"}}};

// A value can't end its line: whatever would split the response becomes a space.
std::string one_line(std::string_view value) {
  std::string out(value);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

}  // namespace

std::string_view method_name(Method method) {
  for (const auto& [value, name] : kMethods) {
    if (value == method) return name;
  }
  return {};
}

std::optional<Method> method_from_name(std::string_view name) {
  for (const auto& [value, known] : kMethods) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (core::equal_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields_.begin(), fields_.end(), [&](const auto& field) { return core::equal_ignoring_case(field.first, name); }));
}

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(fields_, [&](const auto& field) { return core::equal_ignoring_case(field.first, name); });
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  fields_.emplace_back(one_line(name), one_line(value));
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::path_value(std::string_view name) const {
  for (const auto& [key, value] : path_values) {
    if (key == name) return value;
  }
  return {};
}

Response Response::text(int status, std::string body, std::string_view content_type) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::json(int status, std::string body) {
  return text(status, std::move(body), "application/json");
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::problem(const core::Error& error, const std::string& request_id) {
  const core::ErrorInfo& info = core::error_info(error.code);
  core::Json document{{"status", info.http_status},
                      {"title", info.title},
                      {"detail", error.detail.empty() ? std::string(info.title) : error.detail},
                      {"code", info.name},
                      {"request_id", request_id}};
  if (error.since) document["since"] = core::format_timestamp(*error.since);
  auto response = text(info.http_status, core::to_json_text(document), "application/problem+json");
  if (error.retry_after) response.headers.set("Retry-After", std::to_string(error.retry_after->count()));
  if (error.code == core::ErrorCode::unauthorized) response.headers.set("WWW-Authenticate", "Bearer realm=\"kith\"");
  return response;
}

}  // namespace kith::daemon
