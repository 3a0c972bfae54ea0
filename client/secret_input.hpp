#pragma once
// Secrets from where other users of this computer don't see them: standard input, a file, the environment, or typed
// without being shown. One thread.

#include <optional>
#include <string>

#include "client/interruption.hpp"
#include "core/error.hpp"

namespace kith::client {

// One line of standard input; bad_request when there is none.
[[nodiscard]] core::Expected<std::string> read_secret_line(const std::string& what);
// Typed at the terminal; password_required when there is none, or nothing is typed.
[[nodiscard]] core::Expected<std::string> ask_for_password(Interruption& interruption);
// Asks the person at the terminal; nothing where nobody sits there. Empty when nothing was typed or it was interrupted.
enum class Echo { shown, hidden };
std::optional<std::string> ask_at_terminal(const std::string& question, Echo echo, Interruption& interruption);
// The token of an account: in the file, or without one in the environment's KITH_TOKEN.
[[nodiscard]] core::Expected<std::string> read_auth_token(const std::string& token_file);

}  // namespace kith::client
