#include "client/api.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "client/limits.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr core::JsonLimits kAnswerLimits{kMaxAnswerBytes, 16, 100'000};
constexpr int kPage = 200;  // items
constexpr std::size_t kMaxCursor = 1024;

}  // namespace

core::Unexpected senseless_answer() {
  return core::fail(ErrorCode::peer_error, "The server's answer makes no sense: is this the address of a kith server?");
}

Expected<Json> parse_answer(std::string_view body) {
  if (body.empty()) return Json::object();
  auto json = core::parse_json_object(body, kAnswerLimits);
  if (!json) return senseless_answer();
  return json;
}

std::string in_path(std::string_view text) {
  return core::percent_encode(text);
}

std::string text_of(const Json& object, const char* field) {
  if (!object.is_object()) return {};
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::pair<std::string, std::string>> Api::credentials() const {
  if (account_.token.empty()) return {};
  return {{"Authorization", "Bearer " + account_.token}};
}

Expected<Json> Api::ask(const std::string& method, const std::string& target, const Json* body) {
  HttpRequest request;
  request.method = method;
  request.url = url(target);
  request.headers = credentials();
  request.headers.emplace_back("Accept", "application/json");
  if (body != nullptr) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = core::to_json_text(*body);
  }
  if (method == "POST") {
    core::SystemRandom random;
    request.headers.emplace_back("Idempotency-Key", core::to_hex(random.bytes<16>()));
  }
  KITH_TRY_ASSIGN(answer, http_.run(request));
  if (answer.status / 100 != 2) return tl::make_unexpected(problem_of(answer));
  return parse_answer(answer.body);
}

Expected<Json> Api::get(const std::string& target) {
  return ask("GET", target, nullptr);
}

Expected<Json> Api::post(const std::string& target, const Json& body) {
  return ask("POST", target, &body);
}

Expected<Json> Api::patch(const std::string& target, const Json& body) {
  return ask("PATCH", target, &body);
}

Expected<void> Api::del(const std::string& target) {
  KITH_TRY(ask("DELETE", target, nullptr));
  return {};
}

Expected<void> Api::each(const std::string& target, const TakeItem& take, std::size_t most) {
  const auto first = target + (target.find('?') == target.npos ? "?" : "&") + "limit=" + std::to_string(kPage);
  std::set<std::string> seen;  // a list that comes back to where it was would never end
  std::string cursor;
  for (std::size_t count = 0;;) {
    KITH_TRY_ASSIGN(page, get(cursor.empty() ? first : first + "&cursor=" + in_path(cursor)));
    const auto items = page.find("items");
    if (items == page.end() || !items->is_array()) return senseless_answer();
    for (const auto& item : *items) {
      if (!item.is_object()) return senseless_answer();
      if (++count > most)
        return core::fail(ErrorCode::too_large,
                          "There are more than " + std::to_string(most) + ". Say more exactly which ones you mean.");
      KITH_TRY(take(item));
    }
    const auto next = text_of(page, "next");
    if (next.empty()) return {};
    if (items->empty() || next.size() > kMaxCursor || !seen.insert(next).second) return senseless_answer();
    cursor = next;
  }
}

Expected<std::unique_ptr<Session>> Session::open(const AccountOptions& options) {
  KITH_TRY_ASSIGN(account, find_account(options));
  return std::unique_ptr<Session>(new Session(std::move(account)));
}

}  // namespace kith::client
