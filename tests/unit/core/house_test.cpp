// The table of rooms: who may include whom, and which folder owns which outside library.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const std::map<std::string, Names> kMayInclude{
    {"core", {"core"}},
    {"config", {"config", "core"}},
    {"storage", {"storage", "core", "config"}},
    {"accounts", {"accounts", "core", "config", "storage"}},
    {"federation", {"federation", "core", "config", "storage"}},
    {"assets", {"assets", "core", "config", "storage"}},
    {"photo", {"photo", "core"}},
    {"client", {"client", "core"}},
    {"daemon", {"daemon", "core", "config", "storage", "accounts", "federation", "assets"}},
};

// Outside headers by how they begin, and the only folders that may include them.
const std::map<std::string, Names> kOwners{
    {"sodium", {"core/"}},
    {"botan/", {"core/"}},
    {"spdlog/", {"core/"}},
    {"SQLiteCpp/", {"storage/"}},
    {"sqlite3", {"storage/"}},
    {"yaml-cpp/", {"config/"}},
    {"pistache/", {"daemon/http/"}},
    {"vips/", {"photo/"}},
    {"curl/", {"federation/net/", "client/", "accounts/mail/smtp", "daemon/app/webhook"}},
    {"zlib.h", {"assets/"}},
    {"prometheus/", {"daemon/api/metrics"}},
};

struct Include {
  std::string file, target;
  bool own = false;
};

std::vector<Include> all_includes() {
  static const std::regex line_form(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  for (const auto& [folder, allowed] : kMayInclude) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(KITH_SOURCE_DIR) / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, line_form)) continue;
        found.push_back({fs::relative(entry.path(), KITH_SOURCE_DIR).string(), match[2], match[1] == "\""});
      }
    }
  }
  return found;
}

std::string room_of(const std::string& path) {
  return path.substr(0, path.find('/'));
}

TEST(House, FoldersIncludeOnlyWhomTheyMay) {
  const auto includes = all_includes();
  ASSERT_GT(includes.size(), 100u);
  for (const auto& include : includes) {
    if (!include.own) continue;
    EXPECT_TRUE(kMayInclude.at(room_of(include.file)).contains(room_of(include.target)))
        << include.file << " includes " << include.target;
  }
}

TEST(House, OutsideLibrariesStayInTheFolderThatWrapsThem) {
  for (const auto& include : all_includes()) {
    for (const auto& [prefix, owners] : kOwners) {
      if (!include.own && include.target.starts_with(prefix)) {
        EXPECT_TRUE(std::any_of(owners.begin(), owners.end(),
                                [&](const std::string& owner) { return include.file.starts_with(owner); }))
            << include.file << " includes <" << include.target << ">";
      }
    }
  }
}

TEST(House, HeadersDoNotPullInTheJsonLibrary) {
  for (const auto& include : all_includes()) {
    EXPECT_FALSE(include.file.ends_with(".hpp") && include.target == "nlohmann/json.hpp") << include.file;
  }
}

}  // namespace
