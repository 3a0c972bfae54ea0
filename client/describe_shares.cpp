// kith share, unshare and shares, as CLI11 knows them.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/quantities.hpp"
#include "client/share_commands.hpp"

namespace kith::client {
namespace {

constexpr const char* kNameText = "Names of your files on the server, or patterns in quotes: '*.jpg'";

void describe_share(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<ShareCommand>();
  auto& share = *app.add_subcommand("share", "Let somebody see files of yours");
  share.add_option("NAME", wish->names, kNameText)->required();
  share.add_option("--with", wish->with, "bob@b.example, or carol for somebody on your server")->required();
  share.add_option_function<std::string>(
      "--expires",
      [wish](const std::string& text) {
        wish->expires_in = parse_duration(text);
        if (!wish->expires_in) throw CLI::ValidationError("--expires", "write it like 12h or 7d");
      },
      "For how long (default: until you unshare it)");
  share
      .add_option("--strip", wish->strip,
                  "What photos are shown without: location (the default), all that a camera notes, or none of it")
      ->check(CLI::IsMember({"location", "all", "none"}));
  share.footer("Example: kith share 'beach*.jpg' --with bob@b.example --expires 30d");
  share.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return client::share(*wish, wishes.account, output); };
  });
}

void describe_unshare(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<UnshareCommand>();
  const auto all = std::make_shared<bool>(false);
  auto& unshare = *app.add_subcommand("unshare", "Take shares back; it holds at once");
  unshare.add_option("NAME", wish->names, kNameText)->required();
  auto& with = *unshare.add_option("--with", wish->with, "Whom it was shared with");
  unshare.add_flag("--all", *all, "Whomever it was shared with")->excludes(&with);
  unshare.footer("Example: kith unshare beach.jpg --with bob@b.example");
  unshare.callback([&wishes, wish, all] {
    if (wish->with.empty() && !*all) throw CLI::ValidationError("--with", "is needed, or --all for everybody");
    wishes.run = [&wishes, wish](const Output& output) { return client::unshare(*wish, wishes.account, output); };
  });
}

}  // namespace

void describe_shares(CLI::App& app, Wishes& wishes) {
  describe_share(app, wishes);
  describe_unshare(app, wishes);
  auto& shares = *app.add_subcommand("shares", "What you share, with whom, and until when");
  shares.footer("Example: kith shares --json");
  shares.callback(
      [&wishes] { wishes.run = [&wishes](const Output& output) { return client::shares(wishes.account, output); }; });
}

}  // namespace kith::client
