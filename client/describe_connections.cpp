// kith connect, connections, approve, reject, words, disconnect and invite, as CLI11 knows them.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/connection_commands.hpp"
#include "client/invite_commands.hpp"
#include "client/quantities.hpp"
#include "client/question.hpp"

namespace kith::client {
namespace {

constexpr const char* kWhoText =
    "The other person: bob@b.example, bob if there is only one, or the id of the connection";
constexpr const char* kWaitText = "Wait until you are connected, or until it is clear that you won't be";

void describe_connect(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<ConnectCommand>();
  auto& connect = *app.add_subcommand("connect", "Ask somebody on another server for a connection");
  connect
      .add_option("WHOM", wish->whom,
                  "Their address (bob@b.example), or an invite link in quotes; - reads the link from standard input")
      ->required();
  connect.add_option("--purpose", wish->purpose, "What it is for, shown to them; at most 280 characters");
  connect.add_flag("--wait", wish->wait, kWaitText);
  connect.footer("Example: kith connect bob@b.example --purpose \"the photos of our holidays\" --wait");
  connect.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::connect(*wish, wishes.account, output); };
  });
}

void describe_list(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<ConnectionsCommand>();
  auto& list = *app.add_subcommand("connections", "Whom you are connected with, and who asks for it");
  list.add_flag("--pending", wish->pending, "Only requests that wait for your answer, with their fingerprints");
  list.add_flag("--all", wish->all, "Those that have ended too");
  list.footer("Example: kith connections --pending");
  list.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::connections(*wish, wishes.account, output); };
  });
}

void describe_approve(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<ApproveCommand>();
  auto& approve = *app.add_subcommand("approve", "Say yes to somebody who asks for a connection");
  approve.add_option("WHO", wish->who, kWhoText)->required();
  approve.add_option("--fingerprint", wish->fingerprint,
                     "The fingerprint that they read to you, in quotes; without it you are asked to compare it");
  approve.add_flag("--wait", wish->wait, kWaitText);
  approve.footer(
      "Example: kith approve alice@a.example --fingerprint \"KVJ2 QX4M 7ZPA LD3T WN6C HEYB 5RSG UOF2 IMQK XTV4 DJ7L "
      "PCAN WOIA\"");
  approve.callback([&wishes, wish] {
    if (wish->fingerprint.empty() && (wishes.json || !can_ask()))
      throw CLI::ValidationError("--fingerprint",
                                 "is needed where nobody can be asked; kith connections --pending "
                                 "shows it, to be compared with what they read to you");
    wishes.run = [&wishes, wish](const Output& output) { return client::approve(*wish, wishes.account, output); };
  });
}

void describe_reject(CLI::App& app, Wishes& wishes) {
  const auto who = std::make_shared<std::string>();
  auto& reject = *app.add_subcommand("reject", "Say no to somebody who asks for a connection");
  reject.add_option("WHO", *who, kWhoText)->required();
  reject.footer("Example: kith reject mallory@m.example");
  reject.callback([&wishes, who] {
    wishes.run = [&wishes, who](const Output& output) { return client::reject(*who, wishes.account, output); };
  });
}

void describe_words(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<WordsCommand>();
  auto& words = *app.add_subcommand("words", "Show the six words that you compare with the other person");
  words.add_option("WHO", wish->who, kWhoText)->required();
  auto& match = *words.add_flag_callback(
      "--match", [wish] { wish->match = true; }, "They see the same words: nobody is in between");
  words
      .add_flag_callback(
          "--no-match", [wish] { wish->match = false; }, "They see other words: the connection ends at once")
      ->excludes(&match);
  words.footer("Example: kith words bob@b.example --match");
  words.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::words(*wish, wishes.account, output); };
  });
}

void describe_disconnect(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<DisconnectCommand>();
  auto& disconnect = *app.add_subcommand("disconnect", "End a connection, with all shares both ways");
  disconnect.add_option("WHO", wish->who, kWhoText)->required();
  disconnect.add_flag("--yes", wish->yes, "Without asking");
  disconnect.footer("Example: kith disconnect bob@b.example");
  disconnect.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::disconnect(*wish, wishes.account, output); };
  });
}

void describe_invite(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<InviteCommand>();
  auto& invite = *app.add_subcommand(
      "invite", "Print a link: whoever opens it first is connected with you, without further questions");
  invite.add_option_function<std::string>(
      "--expires",
      [wish](const std::string& text) {
        wish->expires_in = parse_duration(text);
        if (!wish->expires_in) throw CLI::ValidationError("--expires", "write it like 12h or 7d");
      },
      "How long the link is good, 90d at most (default: 7d)");
  invite.add_option("--uses", wish->uses, "How many people may use it (default: 1)")->check(CLI::Range(1, 100));
  auto& list = *invite.add_flag("--list", wish->list, "List your invites instead; their links are not shown again");
  invite.add_option("--delete", wish->removed, "Withdraw the invite with this id instead")->excludes(&list);
  invite.footer("Example: kith invite --expires 2d");
  invite.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::invite(*wish, wishes.account, output); };
  });
}

}  // namespace

void describe_connections(CLI::App& app, Wishes& wishes) {
  describe_connect(app, wishes);
  describe_list(app, wishes);
  describe_approve(app, wishes);
  describe_reject(app, wishes);
  describe_words(app, wishes);
  describe_disconnect(app, wishes);
  describe_invite(app, wishes);
}

}  // namespace kith::client
