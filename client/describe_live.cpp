// `kith live …` as CLI11 knows it.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/limits.hpp"
#include "client/live_commands.hpp"

namespace kith::client {
namespace {

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
  describe_receive(live, wishes);
}

}  // namespace kith::client
