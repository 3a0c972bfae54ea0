#pragma once
// The commands of kith as CLI11 knows them, a group for each describe_…: it adds its subcommands to `app`, each with a
// help text and an example in its footer, and has them put what is to be done into `wishes`. --json, --server and
// --token-file are known everywhere.

#include <functional>

#include "client/account.hpp"
#include "client/output.hpp"

namespace CLI {
class App;
}

namespace kith::client {

// What a parsed command line asks for. Outlives what it runs.
struct Wishes {
  bool json = false;
  AccountOptions account;
  std::function<core::Expected<void>(const Output& output)> run;
};

void describe_account(CLI::App& app, Wishes& wishes);
void describe_files(CLI::App& app, Wishes& wishes);
void describe_exchange(CLI::App& app, Wishes& wishes);
void describe_live(CLI::App& app, Wishes& wishes);
void describe_admin(CLI::App& app, Wishes& wishes);
void describe_connections(CLI::App& app, Wishes& wishes);
void describe_shares(CLI::App& app, Wishes& wishes);

}  // namespace kith::client
