#include "daemon/cli/user_commands.hpp"

#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "accounts/registry.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"
#include "daemon/api/session_links.hpp"
#include "daemon/app/data_files.hpp"
#include "storage/database.hpp"
#include "storage/key_vault.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

// One line, without its line end and nothing else taken away.
Expected<std::string> read_password(const UserCommand& command, std::istream& in) {
  if (!command.password_stdin) {
    return fail(ErrorCode::bad_request,
                "give --password-stdin and the password on standard input, so that it stands in "
                "no list of processes");
  }
  std::string line;
  if (!std::getline(in, line)) return fail(ErrorCode::bad_request, "there was no password on standard input");
  return line;
}

Expected<void> add(accounts::Registry& registry, const UserCommand& command, std::istream& in, std::ostream& out) {
  KITH_TRY_ASSIGN(password, read_password(command, in));
  accounts::NewLocalUser user;
  user.email = command.who;
  user.password = password;
  user.handle = command.handle;
  user.permission = command.admin ? accounts::Permission::admin : accounts::Permission::user;
  KITH_TRY_ASSIGN(added, registry.add(user, {}));
  out << fmt::format("{} is {} with permission {}.\n", added.email, added.handle,
                     accounts::permission_name(added.permission));
  return {};
}

Expected<void> list(accounts::Registry& registry, std::ostream& out) {
  accounts::UserQuery query;
  query.limit = 500;
  query.is_local = true;
  do {
    KITH_TRY_ASSIGN(page, registry.users().list(query));
    for (const auto& user : page.items) {
      out << fmt::format("{:<20} {:<32} {:<8} {}\n", user.handle, user.email,
                         accounts::permission_name(user.permission), accounts::user_state_name(user.state));
    }
    query.after = page.next;
  } while (query.after);
  return {};
}

Expected<void> set_password(accounts::Registry& registry, const UserCommand& command, std::istream& in) {
  KITH_TRY_ASSIGN(user, registry.find_local(command.who));
  KITH_TRY_ASSIGN(password, read_password(command, in));
  return registry.set_password(user.id, password, {});
}

Expected<void> set_permission(accounts::Registry& registry, const UserCommand& command) {
  KITH_TRY_ASSIGN(user, registry.find_local(command.who));
  const auto permission = accounts::permission_from_name(command.permission);
  if (!permission) return fail(ErrorCode::bad_request, "the permission must be none, user or admin");
  return registry.set_permission(user.id, *permission, {});
}

// Nothing but the link, for scripts that pass it on.
Expected<void> make_log_in_link(accounts::Registry& registry, const UserCommand& command, std::string_view web_url,
                                std::ostream& out) {
  KITH_TRY_ASSIGN(user, registry.find_local(command.who));
  KITH_TRY_ASSIGN(link, registry.links().make(user.id, std::chrono::minutes(command.minutes), {}));
  out << log_in_link(web_url, link.token) << "\n";
  return {};
}

Expected<void> set_state(accounts::Registry& registry, const UserCommand& command, accounts::UserState state) {
  KITH_TRY_ASSIGN(user, registry.find_local(command.who));
  return registry.set_state(user.id, state, {});
}

// Typing the handle is no habit of fingers, as "y" is.
Expected<void> confirm(const accounts::User& user, std::istream& in, std::ostream& out) {
  out << fmt::format(
             "This deletes the account of {} ({}), with all files, shares, links and connections. There is no way "
             "back.\nType the handle to confirm: ",
             user.handle, user.email)
      << std::flush;
  std::string typed;
  std::getline(in, typed);
  if (typed == user.handle) return {};
  return fail(ErrorCode::bad_request, "this is not the handle: nothing was deleted");
}

Expected<void> remove(accounts::Registry& registry, const UserCommand& command, std::istream& in, std::ostream& out) {
  KITH_TRY_ASSIGN(user, registry.find_local(command.who));
  if (!command.yes) KITH_TRY(confirm(user, in, out));
  KITH_TRY(registry.removal().remove(user.id, {}));
  out << fmt::format(
      "{} is deleted. The running daemon erases what is left within a minute; the e-mail address and the handle are "
      "free again after 30 days.\n",
      user.handle);
  return {};
}

}  // namespace

Expected<void> run_user_command(const config::Config& config, const UserCommand& command, std::istream& in,
                                std::ostream& out) {
  const DataFiles files(config.instance.data_dir);
  KITH_TRY(files.prepare());
  core::SystemClock clock;
  core::SystemRandom random;
  // Before the first start the key comes first: a database without one would look like a key that was lost. Later it is
  // not needed here, and may be a credential that only the daemon is given.
  if (!std::filesystem::exists(files.database())) {
    KITH_TRY(storage::load_or_create_master_key(files.directory(), files.database(), random));
  }
  KITH_TRY_ASSIGN(database, storage::Database::open(files.database(), {.readers = 1}));
  accounts::Registry registry(*database, clock, random, config);
  switch (command.kind) {
    case UserCommand::Kind::add:
      return add(registry, command, in, out);
    case UserCommand::Kind::list:
      return list(registry, out);
    case UserCommand::Kind::set_password:
      return set_password(registry, command, in);
    case UserCommand::Kind::set_permission:
      return set_permission(registry, command);
    case UserCommand::Kind::log_in_link:
      return make_log_in_link(registry, command, config.web.url, out);
    case UserCommand::Kind::suspend:
      return set_state(registry, command, accounts::UserState::suspended);
    case UserCommand::Kind::reactivate:
      return set_state(registry, command, accounts::UserState::active);
    case UserCommand::Kind::remove:
      return remove(registry, command, in, out);
  }
  return fail(ErrorCode::internal);
}

}  // namespace kith::daemon
