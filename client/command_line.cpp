#include "client/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <string_view>

#include "client/commands.hpp"

namespace kith::client {
namespace {

constexpr const char* kFooter =
    "Start with: kith login https://your.server --email you@mail.example\n"
    "kith COMMAND --help tells more about each command.\n"
    "Exit status: 0 done, 1 it failed, 2 the command line makes no sense, 3 not allowed (the log-in, token, link or "
    "password is no good (any more), or a permission is missing), 4 the server can't be reached, 5 it is not there.";

// Everywhere, before or behind the command.
void describe_globals(CLI::App& app, Wishes& wishes) {
  app.fallthrough();
  app.add_flag("--json", wishes.json, "One JSON document on standard output, for scripts; errors too");
  app.add_option("--server", wishes.account.server,
                 "Address of your kith server (default: the environment's KITH_SERVER, then what kith login stored)");
  app.add_option("--token-file", wishes.account.token_file,
                 "File with your token (default: the environment's KITH_TOKEN, then what kith login stored)");
}

int refuse(const CLI::App& app, const CLI::ParseError& error, bool json) {
  // 0 for --help and --version.
  if (error.get_exit_code() == 0 || !json) return app.exit(error) == 0 ? 0 : 2;
  Output(true).error({core::ErrorCode::bad_request, error.what(), {}, {}});
  return 2;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"kith: your files, your people and your server, from a shell."};
  app.name("kith");
  app.footer(kFooter);
  app.set_version_flag("--version", "kith " KITH_VERSION);
  app.require_subcommand(1);
  Wishes wishes;
  describe_globals(app, wishes);
  describe_account(app, wishes);
  describe_files(app, wishes);
  describe_shares(app, wishes);
  describe_connections(app, wishes);
  describe_exchange(app, wishes);
  describe_live(app, wishes);
  describe_admin(app, wishes);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // The flag has not been filled in when something else was refused.
    return refuse(app, error,
                  std::any_of(argv + 1, argv + argc, [](std::string_view each) { return each == "--json"; }));
  }
  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error to be told
  const Output output(wishes.json);
  const auto done = wishes.run(output);
  if (done) return 0;
  output.error(done.error());
  return exit_status(done.error().code);
}

}  // namespace kith::client
