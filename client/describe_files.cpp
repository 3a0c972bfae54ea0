// `kith ls`, `put`, `get` and `rm` as CLI11 knows them.

#include <CLI/CLI.hpp>
#include <memory>

#include "client/commands.hpp"
#include "client/file_commands.hpp"

namespace kith::client {
namespace {

void describe_ls(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<LsCommand>();
  auto& ls = *app.add_subcommand("ls", "List your files, or what somebody shares with you, the newest first");
  ls.add_option("WHAT", wish->what,
                "A part of the name; or in quotes a pattern of the whole name, with * and ?; or @PERSON for what that "
                "person shares with you");
  ls.add_option("--from", wish->from, "What this person shares with you: bob@b.example, or a neighbour here: carol");
  ls.add_flag("--shared", wish->shared, "What everybody shares with you, as told last");
  ls.add_flag("-l,--long", wish->is_long, "With size and time");
  ls.footer("Example: kith ls -l '*.jpg' --from bob@b.example");
  ls.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return list_files(*wish, wishes.account, output); };
  });
}

void describe_put(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<PutFilesCommand>();
  auto& put = *app.add_subcommand("put", "Send files to your server");
  put.add_option("FILE", wish->files, "What to send; - sends standard input")->required();
  put.add_option("--name", wish->name, "What it is to be called there, for one file (default: its own name)");
  put.add_flag("-r,--recursive", wish->recursive, "Send the files in folders too; the server knows no folders");
  put.add_flag("-q,--quiet", wish->quiet, "No progress and no notices");
  put.footer(
      "What broke off goes on with the same command. What is there already, just the same, is not sent again. A file "
      "of "
      "the same name gets a new version. What arrived is compared with what was sent.\n"
      "Examples: kith put *.jpg\n          tar cz /etc | kith put - --name etc.tar.gz");
  put.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return put_files(*wish, wishes.account, output); };
  });
}

void describe_get(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<GetFilesCommand>();
  auto& get = *app.add_subcommand("get", "Get files, yours or what somebody shares with you");
  get.add_option("NAME", wish->names, "The name of a file; or in quotes a pattern, with * and ?")->required();
  get.add_option("--from", wish->from, "Who shares it with you: bob@b.example, or a neighbour here: carol");
  get.add_option("-o,--output", wish->folder, "Folder to save into; - writes to standard output")
      ->capture_default_str();
  get.add_flag("-f,--force", wish->force, "Replace files that are here under the same name");
  get.add_flag("-q,--quiet", wish->quiet, "No progress and no notices");
  get.footer(
      "What broke off goes on with the same command. Nothing is kept that is not exactly what the server has.\n"
      "Example: kith get '*.jpg' --from bob@b.example -o photos");
  get.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return get_files(*wish, wishes.account, output); };
  });
}

void describe_rm(CLI::App& app, Wishes& wishes) {
  const auto wish = std::make_shared<RmCommand>();
  auto& rm = *app.add_subcommand("rm", "Delete files of yours; for a day they can be brought back");
  rm.add_option("NAME", wish->names, "The name of a file; or in quotes a pattern, with * and ?")->required();
  rm.add_flag("-y,--yes", wish->yes, "Don't ask");
  rm.add_flag("--undo", wish->undo, "Bring back what was deleted");
  rm.footer("On a terminal it asks first.\nExample: kith rm beach.jpg; kith rm --undo beach.jpg");
  rm.callback([&wishes, wish] {
    wishes.run = [&wishes, wish](const Output& output) { return remove_files(*wish, wishes.account, output); };
  });
}

}  // namespace

void describe_files(CLI::App& app, Wishes& wishes) {
  describe_ls(app, wishes);
  describe_put(app, wishes);
  describe_get(app, wishes);
  describe_rm(app, wishes);
}

}  // namespace kith::client
