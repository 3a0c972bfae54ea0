#pragma once
// The server's API with somebody's log-in: JSON in and out, what the server refuses as errors. One thread.

#include <functional>
#include <memory>
#include <string>

#include "client/account.hpp"
#include "client/http.hpp"
#include "core/json.hpp"

namespace kith::client {

class Api {
 public:
  // Borrows `http`.
  Api(Http& http, Account account) : http_(http), account_(std::move(account)) {}

  const Account& account() const { return account_; }
  Http& http() { return http_; }

  // Targets are paths of the API with their query, encoded: see in_path(). Errors: those of Http::run, what the server
  // says (problem_of), and peer_error when its answer is no JSON object as it should be.
  [[nodiscard]] core::Expected<core::Json> get(const std::string& target);
  // With a fresh Idempotency-Key. An empty answer is an empty object.
  [[nodiscard]] core::Expected<core::Json> post(const std::string& target, const core::Json& body);
  [[nodiscard]] core::Expected<core::Json> patch(const std::string& target, const core::Json& body);
  [[nodiscard]] core::Expected<void> del(const std::string& target);

  // Each item of a list, page by page, until `take` fails. too_large beyond `most` items, and peer_error for a list
  // that does not go forward.
  using TakeItem = std::function<core::Expected<void>(const core::Json& item)>;
  [[nodiscard]] core::Expected<void> each(const std::string& target, const TakeItem& take, std::size_t most);

  // For what is no JSON: the URL, and the header fields that carry the log-in.
  std::string url(const std::string& target) const { return account_.server + target; }
  std::vector<std::pair<std::string, std::string>> credentials() const;

 private:
  core::Expected<core::Json> ask(const std::string& method, const std::string& target, const core::Json* body);

  Http& http_;
  const Account account_;
};

// What commands need to talk to their server. The account is looked for first.
class Session {
 public:
  [[nodiscard]] static core::Expected<std::unique_ptr<Session>> open(const AccountOptions& options);
  Http& http() { return http_; }
  Api& api() { return api_; }

 private:
  explicit Session(Account account) : http_(interruption_), api_(http_, std::move(account)) {}
  Interruption interruption_;
  Http http_;
  Api api_;
};

// The answer as JSON, or peer_error. Bounded.
[[nodiscard]] core::Expected<core::Json> parse_answer(std::string_view body);
// peer_error: the answer is not what the API promises.
[[nodiscard]] core::Unexpected senseless_answer();
// One piece of a path or a query, encoded.
std::string in_path(std::string_view text);
// A field of an answer as text: empty when it is absent, null or something else. Not made printable yet.
std::string text_of(const core::Json& object, const char* field);

}  // namespace kith::client
