#include "config/reload.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "config/schema.hpp"

namespace kith::config {
namespace {

Config parsed(const std::string& text) {
  return *parse_config("instance: { domain: home.example }\n" + text, "test");
}

// A key that was forgotten would change nothing and tell nobody.
TEST(Reload, KnowsEveryKey) {
  auto listed = reloadable_keys();
  for (const auto& key : restart_keys()) listed.push_back(key);
  auto keys = all_keys();
  std::ranges::sort(listed);
  std::ranges::sort(keys);
  EXPECT_EQ(listed, keys);
}

TEST(Reload, IsExplainedToPeople) {
  std::ifstream file(KITH_SOURCE_DIR "/config/kith.example.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto explained = text.substr(0, text.find("instance:\n"));
  for (const auto& key : reloadable_keys()) EXPECT_NE(explained.find(key), std::string::npos) << key;
  for (const auto& key : restart_keys()) EXPECT_EQ(explained.find(key), std::string::npos) << key;
}

TEST(Reload, TakesUpWhatCanChangeAndTellsTheRest) {
  auto running = parsed("");
  const auto changes = take_up(running, parsed("listen: { public: \"0.0.0.0:9999\" }\n"
                                               "accounts: { registration: closed }\n"
                                               "limits: { max_connections: 77, worker_threads: 3 }\n"
                                               "trusted_proxies: [ 10.0.0.1 ]\n"
                                               "log: { level: debug }\n"));
  EXPECT_EQ(changes.taken_up,
            (std::vector<std::string>{"accounts.registration", "limits.max_connections", "log.level"}));
  EXPECT_EQ(changes.need_restart,
            (std::vector<std::string>{"listen.public", "limits.worker_threads", "trusted_proxies"}));
  EXPECT_EQ(running.accounts.registration, "closed");
  EXPECT_EQ(running.limits.max_connections, 77);
  EXPECT_EQ(running.log.level, core::LogLevel::debug);
  EXPECT_EQ(running.limits.worker_threads, Config{}.limits.worker_threads);
  EXPECT_EQ(running.listen.public_, Config{}.listen.public_);
}

TEST(Reload, SeesNoChangeWhereADefaultIsWrittenOut) {
  auto running = parsed("");
  const auto changes = take_up(running, parsed("log: { level: info }\nlimits: { worker_threads: 8 }\n"));
  EXPECT_TRUE(changes.taken_up.empty());
  EXPECT_TRUE(changes.need_restart.empty());
}

}  // namespace
}  // namespace kith::config
