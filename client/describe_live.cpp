// `kith live …` as CLI11 knows it.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "client/commands.hpp"
#include "client/limits.hpp"
#include "client/live_commands.hpp"

namespace kith::client {
namespace {

void describe_send(CLI::App& live, Wishes& wishes) {
  const auto wish = std::make_shared<LiveSendCommand>();
  auto& send = *live.add_subcommand("send", "Give files to whoever has the link, encrypted, while you stay here");
  send.add_option("FILE", wish->files, "What to send, up to 100 files; - is standard input, which one receiver can get")
      ->required();
  send.add_option("--name", wish->name, "What standard input is called for the receiver")->capture_default_str();
  send.add_flag("--once", wish->once, "End as soon as each file was received and verified; not only at Ctrl-C");
  send.add_flag("-q,--quiet", wish->quiet, "No QR code, no progress and no notices");
  send.footer(
      "Prints a link on standard output and serves everybody who opens it, until Ctrl-C. With --json it is one "
      "document.\n"
      "Standard input is sent once: a receiver whose connection breaks goes on only if it comes back soon.\n"
      "Example: kith live send --once holiday.zip");
  send.callback([&wishes, wish] {
    const bool has_stream = std::find(wish->files.begin(), wish->files.end(), "-") != wish->files.end();
    if (has_stream && wish->files.size() > 1)
      throw CLI::ValidationError("FILE", "- is standard input, and can't be sent together with others");
    wishes.run = [&wishes, wish](const Output& output) { return live_send(*wish, wishes.account, output); };
  });
}

void describe_receive(CLI::App& live, Wishes& wishes) {
  const auto wish = std::make_shared<LiveReceiveCommand>();
  auto& receive = *live.add_subcommand(
      "receive",
      "Get the files of a link while the sender is there; no account is needed. Goes on with what broke off");
  receive
      .add_option("LINK", wish->link,
                  "The link, in quotes; - reads it from standard input, where no other user sees it")
      ->required();
  receive
      .add_option("-o,--output", wish->folder,
                  "Folder to save into, where nothing is overwritten; - writes one file to standard output as it comes")
      ->capture_default_str();
  receive.add_option("--file", wish->files, "Only this file, counted from 1 as listed; may stand several times")
      ->check(CLI::Range(std::size_t{1}, kMaxFiles));
  receive.add_flag("-q,--quiet", wish->quiet, "No progress and no notices");
  receive.footer(
      "What is saved into a folder is exactly what was sent, or nothing is kept. What went to standard output can't be "
      "taken back:\nuse it only if the exit status is 0.\n"
      "Example: kith live receive 'https://a.example/live/l#…' -o photos");
  receive.callback(
      [&wishes, wish] { wishes.run = [wish](const Output& output) { return live_receive(*wish, output); }; });
}

}  // namespace

void describe_live(CLI::App& app, Wishes& wishes) {
  auto& live = *app.add_subcommand("live", "Files straight to whoever has the link, while you stay: nothing is stored");
  live.require_subcommand(1);
  describe_send(live, wishes);
  describe_receive(live, wishes);
}

}  // namespace kith::client
