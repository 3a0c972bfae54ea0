#pragma once
// `kith login`, `logout` and `status`: what each does once the command line is understood. One thread.

#include <optional>
#include <string>

#include "client/account.hpp"
#include "client/output.hpp"
#include "core/error.hpp"

namespace kith::client {

struct LoginCommand {
  std::string server, email;
  bool password_stdin = false;
  std::optional<std::string> name;  // of the token that is made
  std::optional<std::string> code;  // of the second factor
  bool admin = false;
  bool insecure = false;
};

struct LogoutCommand {
  bool forget = false;  // even if the token can't be ended
};

[[nodiscard]] core::Expected<void> login(const LoginCommand& command, const Output& output);
[[nodiscard]] core::Expected<void> logout(const LogoutCommand& command, const Output& output);
[[nodiscard]] core::Expected<void> show_status(const AccountOptions& account, const Output& output);

// A server as people name it: https:// where nothing is said. Pure.
[[nodiscard]] core::Expected<std::string> server_of(const std::string& text);
// True where what is sent stays on this computer or is encrypted. Pure.
bool is_unseen_by_others(const std::string& server);

}  // namespace kith::client
