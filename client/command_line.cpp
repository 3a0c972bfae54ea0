#include "client/command_line.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <functional>
#include <iostream>

#include "client/exchange_commands.hpp"
#include "client/quantities.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr const char* kFooter =
    "Exit status: 0 done, 1 it failed, 2 the command line makes no sense, 3 the link or the password is no good (any "
    "more), 4 the server can't be reached.";

int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::unauthorized:
    case ErrorCode::gone:
    case ErrorCode::password_required:
    case ErrorCode::wrong_password:
      return 3;
    case ErrorCode::peer_unreachable:
      return 4;
    default:
      return 1;
  }
}

// What a parsed command line asks for; filled in by CLI11.
struct Wishes {
  SendCommand send;
  RequestCommand request;
  GetCommand get;
  PutCommand put;
  std::function<Expected<void>()> run;
};

void add_account(CLI::App& command, Account& account) {
  command
      .add_option("--server", account.server, "Address of your kith server (default: the environment's KITH_SERVER)")
      ->envname("KITH_SERVER")
      ->required();
  command.add_option("--token-file", account.token_file,
                     "File with the token of your log-in (default: the environment's KITH_TOKEN)");
}

void add_terms(CLI::App& command, ExchangeTerms& terms) {
  command.add_option_function<std::string>(
      "--expires",
      [&terms](const std::string& text) {
        terms.expires_in = parse_duration(text);
        if (!terms.expires_in) throw CLI::ValidationError("--expires", "write it like 12h or 7d");
      },
      "How long the link is good, 90d at most (default: 7d)");
  command.add_option("--note", terms.note, "A line for whoever gets the link");
  command.add_flag("--password-stdin", terms.password_stdin,
                   "The link needs a password beside it: one line on standard input");
}

void describe_send(CLI::App& exchange, Wishes& wishes) {
  auto& send = *exchange.add_subcommand("send", "Give files to somebody without an account: prints a link for them");
  send.add_option("FILE", wishes.send.files, "What to send, up to 100 files")->required();
  send.add_flag("--encrypt", wishes.send.encrypt,
                "Encrypt names and content here: only the link opens them, not even the server can");
  send.add_option("--max-downloads", wishes.send.max_downloads, "How often each file can be got (default: no limit)")
      ->check(CLI::Range(1, 1000));
  add_terms(send, wishes.send.terms);
  add_account(send, wishes.send.account);
  send.callback([&wishes] { wishes.run = [&wishes] { return client::send(wishes.send); }; });
}

void describe_request(CLI::App& exchange, Wishes& wishes) {
  auto& request = *exchange.add_subcommand("request", "Let somebody without an account give you files: prints a link");
  request.add_option("--max-files", wishes.request.max_files, "How many files they can give (default: 1)")
      ->check(CLI::Range(1, 100));
  request.add_option_function<std::string>(
      "--max-size",
      [&wishes](const std::string& text) {
        wishes.request.max_size = parse_size(text);
        if (!wishes.request.max_size) throw CLI::ValidationError("--max-size", "write it like 500MB or 2GB");
      },
      "How large all of them may be together");
  add_terms(request, wishes.request.terms);
  add_account(request, wishes.request.account);
  request.callback([&wishes] { wishes.run = [&wishes] { return client::request(wishes.request); }; });
}

constexpr const char* kLinkText = "The link, in quotes; - reads it from standard input, where no other user sees it";

void describe_get(CLI::App& exchange, Wishes& wishes) {
  auto& get =
      *exchange.add_subcommand("get", "Get the files of a link; no account is needed. Goes on with what broke off");
  get.add_option("LINK", wishes.get.link, kLinkText)->required();
  get.add_option("-o,--output", wishes.get.folder, "Folder to save into; nothing in it is overwritten")
      ->capture_default_str();
  get.add_flag("--password-stdin", wishes.get.password_stdin, "Read the password of the link from standard input");
  get.callback([&wishes] { wishes.run = [&wishes] { return client::get(wishes.get); }; });
}

void describe_put(CLI::App& exchange, Wishes& wishes) {
  auto& put = *exchange.add_subcommand("put", "Give files to whoever gave you the link; no account is needed");
  put.add_option("LINK", wishes.put.link, kLinkText)->required();
  put.add_option("FILE", wishes.put.files, "What to give")->required();
  put.add_flag("--password-stdin", wishes.put.password_stdin, "Read the password of the link from standard input");
  put.callback([&wishes] { wishes.run = [&wishes] { return client::put(wishes.put); }; });
}

int carry_out(const Wishes& wishes) {
  const auto done = wishes.run();
  if (done) return 0;
  const auto& error = done.error();
  std::cerr << "kith: " << (error.detail.empty() ? std::string(core::error_info(error.code).title) : error.detail);
  if (error.retry_after) std::cerr << " (again in " << error.retry_after->count() << " s)";
  std::cerr << "\n";
  return exit_status(error.code);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"kith: files to and from kith servers."};
  app.name("kith");
  app.footer(kFooter);
  app.set_version_flag("--version", "kith " KITH_VERSION);
  app.require_subcommand(1);
  Wishes wishes;
  auto& exchange = *app.add_subcommand("exchange", "Files to and from people without an account");
  exchange.require_subcommand(1);
  describe_send(exchange, wishes);
  describe_request(exchange, wishes);
  describe_get(exchange, wishes);
  describe_put(exchange, wishes);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // 0 for --help and --version.
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a connection that breaks is an error to be told
  return carry_out(wishes);
}

}  // namespace kith::client
