#include "client/live_saving.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "client/progress.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

// Numbered where two would be called the same: over the whole listing, so that each keeps its name whatever is chosen.
std::vector<std::string> names_of(const std::vector<LiveFile>& files) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const auto& file : files) {
    const auto safe = safe_name(file.name);
    int n = 1;
    while (!taken.insert(numbered_name(safe, n)).second) ++n;
    names.push_back(numbered_name(safe, n));
  }
  return names;
}

}  // namespace

Expected<std::vector<LiveChoice>> choose_live_files(const std::vector<LiveFile>& files,
                                                    const std::vector<std::size_t>& wanted) {
  for (const auto number : wanted)
    if (number < 1 || number > files.size())
      return core::fail(ErrorCode::bad_request, "There is no file " + std::to_string(number) +
                                                    ": they are counted from 1 to " + std::to_string(files.size()) +
                                                    ".");
  const auto names = names_of(files);
  std::vector<LiveChoice> choices;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), i + 1) != wanted.end())
      choices.push_back({i, names[i]});
  return choices;
}

Expected<void> check_names_are_free(const std::string& folder, const std::vector<LiveChoice>& choices) {
  std::vector<LiveChoice> free;
  std::string taken;
  for (const auto& choice : choices) {
    std::error_code error;
    const auto status = std::filesystem::symlink_status(std::filesystem::path(folder) / choice.name, error);
    if (status.type() == std::filesystem::file_type::not_found)
      free.push_back(choice);
    else if (taken.empty())
      taken = choice.name;
  }
  if (taken.empty()) return {};
  auto help = std::string("Save into another folder with -o, or move it away");
  if (!free.empty()) help += ", or get only what is not here with" + file_options(free);
  return core::fail(
      ErrorCode::conflict,
      "There is " + taken + " here already, and nothing is overwritten: nothing was received. " + help + ".");
}

std::string file_options(const std::vector<LiveChoice>& choices) {
  std::string text;
  for (const auto& choice : choices) text += " --file " + std::to_string(choice.number + 1);
  return text;
}

std::string live_size_text(const LiveFile& file) {
  return file.size ? size_text(*file.size) : "of unknown size";
}

}  // namespace kith::client
