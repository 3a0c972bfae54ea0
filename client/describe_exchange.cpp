// `kith exchange …` as CLI11 knows it.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/exchange_commands.hpp"
#include "client/exchange_list.hpp"
#include "client/quantities.hpp"

namespace kith::client {
namespace {

constexpr const char* kLinkText = "The link, in quotes; - reads it from standard input, where no other user sees it";

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
  const auto wish = std::make_shared<SendCommand>();
  auto& send = *exchange.add_subcommand("send", "Give files to somebody without an account: prints a link for them");
  send.add_option("FILE", wish->files, "What to send, up to 100 files")->required();
  send.add_flag("--encrypt", wish->encrypt,
                "Encrypt names and content here: only the link opens them, not even the server can");
  send.add_option("--max-downloads", wish->max_downloads, "How often each file can be got (default: no limit)")
      ->check(CLI::Range(1, 1000));
  add_terms(send, wish->terms);
  send.footer("Example: kith exchange send --encrypt --expires 2d --note \"The photos of Sunday\" *.jpg");
  send.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::send(*wish, wishes.account, output); };
  });
}

void describe_request(CLI::App& exchange, Wishes& wishes) {
  const auto wish = std::make_shared<RequestCommand>();
  auto& request = *exchange.add_subcommand("request", "Let somebody without an account give you files: prints a link");
  request.add_option("--max-files", wish->max_files, "How many files they can give (default: 1)")
      ->check(CLI::Range(1, 100));
  request.add_option_function<std::string>(
      "--max-size",
      [wish](const std::string& text) {
        wish->max_size = parse_size(text);
        if (!wish->max_size) throw CLI::ValidationError("--max-size", "write it like 500MB or 2GB");
      },
      "How large all of them may be together");
  add_terms(request, wish->terms);
  request.footer("Example: kith exchange request --max-files 20 --max-size 2GB");
  request.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::request(*wish, wishes.account, output); };
  });
}

void describe_get(CLI::App& exchange, Wishes& wishes) {
  const auto wish = std::make_shared<GetCommand>();
  auto& get =
      *exchange.add_subcommand("get", "Get the files of a link; no account is needed. Goes on with what broke off");
  get.add_option("LINK", wish->link, kLinkText)->required();
  get.add_option("-o,--output", wish->folder, "Folder to save into; nothing in it is overwritten")
      ->capture_default_str();
  get.add_flag("--password-stdin", wish->password_stdin, "Read the password of the link from standard input");
  get.footer("Example: kith exchange get 'https://a.example/exchange/d#…' -o photos");
  get.callback([&wishes, wish] { wishes.run = [wish](const Output& output) { return client::get(*wish, output); }; });
}

void describe_put(CLI::App& exchange, Wishes& wishes) {
  const auto wish = std::make_shared<PutCommand>();
  auto& put = *exchange.add_subcommand("put", "Give files to whoever gave you the link; no account is needed");
  put.add_option("LINK", wish->link, kLinkText)->required();
  put.add_option("FILE", wish->files, "What to give")->required();
  put.add_flag("--password-stdin", wish->password_stdin, "Read the password of the link from standard input");
  put.footer("Example: kith exchange put 'https://a.example/exchange/u#…' report.pdf");
  put.callback([&wishes, wish] { wishes.run = [wish](const Output& output) { return client::put(*wish, output); }; });
}

void describe_list(CLI::App& exchange, Wishes& wishes) {
  const auto all = std::make_shared<bool>(false);
  auto& list = *exchange.add_subcommand("list", "The links you have given away, without the links themselves");
  list.add_flag("--all", *all, "Those that have ended too, as long as the server knows them");
  list.footer("Example: kith exchange list");
  list.callback([&wishes, all] {
    wishes.run = [&wishes, all](const Output& output) { return list_exchanges(*all, wishes.account, output); };
  });
}

void describe_revoke(CLI::App& exchange, Wishes& wishes) {
  const auto ids = std::make_shared<std::vector<std::string>>();
  auto& revoke = *exchange.add_subcommand("revoke", "End exchanges: their links are dead at once");
  revoke.add_option("ID", *ids, "As kith exchange list shows it")->required();
  revoke.footer("Example: kith exchange revoke 01j9z3v7k2m4n6p8q0r2s4t6v8");
  revoke.callback([&wishes, ids] {
    wishes.run = [&wishes, ids](const Output& output) { return revoke_exchanges(*ids, wishes.account, output); };
  });
}

}  // namespace

void describe_exchange(CLI::App& app, Wishes& wishes) {
  auto& exchange = *app.add_subcommand("exchange", "Files to and from people without an account");
  exchange.require_subcommand(1);
  describe_send(exchange, wishes);
  describe_request(exchange, wishes);
  describe_get(exchange, wishes);
  describe_put(exchange, wishes);
  describe_list(exchange, wishes);
  describe_revoke(exchange, wishes);
}

}  // namespace kith::client
