#pragma once
// `kithd user …`: works on the data of a running daemon as well; what it changes holds there with the next request.

#include <iosfwd>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "core/error.hpp"

namespace kith::daemon {

struct UserCommand {
  enum class Kind {
    add,
    list,
    set_password,
    set_permission,
    log_in_link,
    suspend,
    reactivate,
    remove,
  } kind = Kind::list;
  std::string who;  // e-mail address; to name somebody who is there already, the handle will do
  std::optional<std::string> handle;
  bool admin = false;
  bool password_stdin = false;
  std::string permission;
  int minutes = 15;  // how long a log-in link is good
  bool yes = false;  // delete without asking
};

// Reads a password, or what is asked back, from `in` where the command needs one; writes what there is to say to `out`.
[[nodiscard]] core::Expected<void> run_user_command(const config::Config& config, const UserCommand& command,
                                                    std::istream& in, std::ostream& out);

}  // namespace kith::daemon
