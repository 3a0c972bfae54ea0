// `kith login` and `kith logout`: with the password a token of one's own for this computer is made, which is stored;
// the password is not.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "client/api.hpp"
#include "client/exchange_link.hpp"
#include "client/login_commands.hpp"
#include "client/safe_name.hpp"
#include "client/secret_input.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr const char* kTokens = "/api/users/me/api-tokens";

std::string default_name() {
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) != 0 || host[0] == '\0') return "kith";
  return "kith on " + safe_name(host);
}

Expected<std::string> password_for(const LoginCommand& command, Interruption& interruption) {
  return command.password_stdin ? read_secret_line("password") : ask_for_password(interruption);
}

// Before a password goes there.
Expected<void> check_server(Http& http, const std::string& server) {
  Api stranger(http, Account{server, {}, {}, {}});
  KITH_TRY_ASSIGN(welcome, stranger.get("/api/welcome"));
  if (text_of(welcome, "version").empty()) return senseless_answer();
  return {};
}

// A log-in that ends with this object: it is needed only to make the token.
class ShortLogIn {
 public:
  ShortLogIn(Http& http, std::string server) : http_(http), server_(std::move(server)) {}
  ~ShortLogIn() {
    if (api_) (void)api_->del("/api/tokens/current");
  }
  ShortLogIn(const ShortLogIn&) = delete;
  ShortLogIn& operator=(const ShortLogIn&) = delete;

  // Who it is.
  Expected<Json> open(const std::string& email, const std::string& password, const std::optional<std::string>& code) {
    HttpRequest request;
    request.method = "POST";
    request.url = server_ + "/api/tokens";
    request.headers = {{"Accept", "application/json"},
                       {"Authorization", "Basic " + core::to_base64(core::as_bytes(email + ":" + password))}};
    if (code) request.headers.emplace_back("X-Kith-Code", *code);
    KITH_TRY_ASSIGN(answer, http_.run(request));
    if (answer.status != 201) return tl::make_unexpected(problem_of(answer));
    KITH_TRY_ASSIGN(json, parse_answer(answer.body));
    const auto token = text_of(json, "token");
    const auto user = json.find("user");
    if (token.empty() || user == json.end() || !user->is_object()) return senseless_answer();
    api_.emplace(http_, Account{server_, token, {}, {}});
    return *user;
  }
  Api& api() { return *api_; }

 private:
  Http& http_;
  const std::string server_;
  std::optional<Api> api_;
};

Expected<Json> open_with_code(ShortLogIn& log_in, const LoginCommand& command, Interruption& interruption) {
  KITH_TRY_ASSIGN(password, password_for(command, interruption));
  auto user = log_in.open(command.email, password, command.code);
  if (user || user.error().code != ErrorCode::second_factor_required || command.code) return user;
  const auto code = ask_at_terminal("Code of your second factor: ", Echo::shown, interruption);
  if (!code || code->empty())
    return core::fail(ErrorCode::second_factor_required,
                      "This account has a second factor: give its code with --code, or a recovery code.");
  return log_in.open(command.email, password, code);
}

Expected<Json> make_token(Api& api, const LoginCommand& command) {
  Json scopes{"files:read", "files:write", "shares", "connections"};
  if (command.admin) scopes.push_back("admin");
  KITH_TRY_ASSIGN(made,
                  api.post(kTokens, {{"name", command.name.value_or(default_name())}, {"scopes", std::move(scopes)}}));
  if (text_of(made, "token").empty() || text_of(made, "id").empty()) return senseless_answer();
  return made;
}

// The one that was stored before, so that tokens don't pile up.
void end_earlier(Api& api, const std::optional<Account>& earlier) {
  if (!earlier) return;
  if (earlier->server == api.account().server)
    (void)api.del(kTokens + ("/" + in_path(earlier->token_id)));
  else
    Output::notice("You were logged in at " + printable(earlier->server) +
                   ". That token stays good: end it there on the page under \"Account\".");
}

Expected<Account> log_in(Http& http, const LoginCommand& command, const std::string& server, Json& made) {
  KITH_TRY_ASSIGN(path, account_file());
  const auto earlier = stored_account(path, Privacy::not_asked);
  KITH_TRY(check_server(http, server));
  ShortLogIn log_in(http, server);
  KITH_TRY_ASSIGN(user, open_with_code(log_in, command, http.interruption()));
  if (command.admin && text_of(user, "permission") != "admin")
    return core::fail(ErrorCode::forbidden, "You are no admin of this server: log in without --admin.");
  KITH_TRY_ASSIGN(token, make_token(log_in.api(), command));
  Account account{server, text_of(token, "token"), text_of(user, "address"), text_of(token, "id")};
  if (auto stored = store_account(path, account); !stored) {
    (void)log_in.api().del(kTokens + ("/" + in_path(account.token_id)));
    return tl::make_unexpected(std::move(stored.error()));
  }
  if (earlier) end_earlier(log_in.api(), *earlier);
  made = std::move(token);
  return account;
}

}  // namespace

Expected<std::string> server_of(const std::string& text) {
  return parse_server(text.find("://") == text.npos ? "https://" + text : text);
}

bool is_unseen_by_others(const std::string& server) {
  constexpr std::string_view kPlain = "http://";
  if (!server.starts_with(kPlain)) return true;
  auto host = std::string_view(server).substr(kPlain.size());
  host = host.substr(0, host.find('/'));
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host = host.substr(0, host.find(':'));
  if (host == "localhost") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

Expected<void> login(const LoginCommand& command, const Output& output) {
  KITH_TRY_ASSIGN(server, server_of(command.server));
  if (!is_unseen_by_others(server)) {
    if (!command.insecure)
      return core::fail(ErrorCode::bad_request,
                        "Over http:// your password and all your files could be read on the way to " + server +
                            ". Use https://; or, in a network where you trust everybody, add --insecure.");
    Output::notice("Warning: your password and your files go to " + server + " unencrypted.");
  }
  Interruption interruption;
  Http http(interruption);
  Json made;
  KITH_TRY_ASSIGN(account, log_in(http, command, server, made));
  output.line("Logged in at " + server + " as " + printable(account.user) + ".");
  if (!output.json())
    Output::notice("The token \"" + printable(text_of(made, "name")) + "\" is good until " +
                   time_text(text_of(made, "expires_at")) + "; kith logout ends it.");
  made.erase("token");
  output.document({{"server", server}, {"user", account.user}, {"token", made}});
  return {};
}

Expected<void> logout(const LogoutCommand& command, const Output& output) {
  KITH_TRY_ASSIGN(path, account_file());
  auto stored = stored_account(path, Privacy::not_asked);
  if (!stored && !command.forget) return tl::make_unexpected(std::move(stored.error()));
  std::string server;
  if (stored && *stored) {
    server = (*stored)->server;
    Interruption interruption;
    Http http(interruption);
    const auto ended = Api(http, **stored).del("/api/tokens/current");
    // One that is no good any more needs no end.
    if (!ended && ended.error().code != ErrorCode::unauthorized && !command.forget) {
      auto error = ended.error();
      error.detail += " You stay logged in, for your token is still good; kith logout --forget removes it here only.";
      return tl::make_unexpected(std::move(error));
    }
  }
  KITH_TRY_ASSIGN(was_there, forget_account(path));
  output.line(was_there ? "Logged out" + (server.empty() ? "" : " at " + printable(server)) + "."
                        : "You were not logged in.");
  output.document({{"server", server.empty() ? Json() : Json(server)}, {"was_logged_in", was_there}});
  return {};
}

}  // namespace kith::client
