// `kith login`, `logout` and `status` as CLI11 knows them.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/login_commands.hpp"

namespace kith::client {
namespace {

void describe_log_in(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<LoginCommand>();
  auto& login = *app.add_subcommand("login", "Log in at your server");
  login.add_option("URL", wish->server, "Address of your kith server, as in the browser")->required();
  login.add_option("--email", wish->email, "Your e-mail address there")->required();
  login.add_flag("--password-stdin", wish->password_stdin,
                 "Read the password from standard input (default: asks for it)");
  login.add_option("--name", wish->name, "What the token is called in the list of your tokens (default: kith on HOST)");
  login.add_option("--code", wish->code,
                   "Code of your second factor, or a recovery code (default: asks for it when it is needed)");
  login.add_flag("--admin", wish->admin, "The token may do what only admins may: kith admin …");
  login.add_flag("--insecure", wish->insecure,
                 "Send the password over http:// to another computer, readable on the way");
  login.footer(
      "Makes a token for this computer, good for a year, and stores it in ~/.config/kith/account.json, readable by you "
      "only. Your password is not stored.\n"
      "Example: kith login https://kith.example --email alice@mail.example");
  login.callback(
      [&wishes, wish] { wishes.run = [wish](const Output& output) { return client::login(*wish, output); }; });
}

void describe_log_out(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<LogoutCommand>();
  auto& logout = *app.add_subcommand("logout", "End the stored token on the server, and remove it here");
  logout.add_flag("--forget", wish->forget, "Remove it here even if the server can't be told");
  logout.footer("Example: kith logout");
  logout.callback(
      [&wishes, wish] { wishes.run = [wish](const Output& output) { return client::logout(*wish, output); }; });
}

void describe_status(CLI::App& app, Wishes& wishes) {
  auto& status = *app.add_subcommand("status", "Who you are where, your space, and what waits for you");
  status.footer(
      "Exit status for scripts: 0 all is well, 3 your token is no good (any more), 4 the server can't be reached.\n"
      "Example: kith status --json");
  status.callback(
      [&wishes] { wishes.run = [&wishes](const Output& output) { return show_status(wishes.account, output); }; });
}

}  // namespace

void describe_account(CLI::App& app, Wishes& wishes) {
  describe_log_in(app, wishes);
  describe_log_out(app, wishes);
  describe_status(app, wishes);
}

}  // namespace kith::client
