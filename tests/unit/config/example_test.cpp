// config/kith.example.yaml says what the program does.

#include <fstream>
#include <sstream>

#include "config/config.hpp"
#include "config/schema.hpp"

namespace kith::config {
namespace {

const std::string kExample = KITH_SOURCE_DIR "/config/kith.example.yaml";

std::string example_text() {
  std::ostringstream out;
  out << std::ifstream(kExample).rdbuf();
  return out.str();
}

// The example with its commented-out keys ("  #key: value") switched on.
std::string with_every_key() {
  std::istringstream in(example_text());
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const auto hash = line.find_first_not_of(' ');
    if (hash != std::string::npos && line[hash] == '#' && hash + 1 < line.size() && line[hash + 1] != ' ')
      line.erase(hash, 1);
    out += line + "\n";
  }
  return out;
}

void expect_same(const Config& a, const Config& b) {
  EXPECT_EQ(a.instance.domain, b.instance.domain);
  EXPECT_EQ(a.instance.name, b.instance.name);
  EXPECT_EQ(a.instance.data_dir, b.instance.data_dir);
  EXPECT_EQ(a.instance.public_url, b.instance.public_url);
  EXPECT_EQ(a.listen.local, b.listen.local);
  EXPECT_EQ(a.listen.public_, b.listen.public_);
  EXPECT_EQ(a.listen.local_tls.has_value(), b.listen.local_tls.has_value());
  EXPECT_EQ(a.listen.public_tls.has_value(), b.listen.public_tls.has_value());
  EXPECT_EQ(a.web.url, b.web.url);
  EXPECT_EQ(a.web.allowed_hosts, b.web.allowed_hosts);
  EXPECT_EQ(a.federation.allow_http, b.federation.allow_http);
  EXPECT_EQ(a.federation.allow_private_addresses, b.federation.allow_private_addresses);
  EXPECT_EQ(a.federation.require_verified, b.federation.require_verified);
  EXPECT_EQ(a.federation.delivery, b.federation.delivery);
  EXPECT_EQ(a.federation.ca_file, b.federation.ca_file);
  EXPECT_EQ(a.accounts.default_quota_bytes, b.accounts.default_quota_bytes);
  EXPECT_EQ(a.accounts.argon2_passes, b.accounts.argon2_passes);
  EXPECT_EQ(a.accounts.argon2_memory_mib, b.accounts.argon2_memory_mib);
  EXPECT_EQ(a.storage.keep_free_bytes, b.storage.keep_free_bytes);
  EXPECT_EQ(a.storage.max_file_bytes, b.storage.max_file_bytes);
  EXPECT_EQ(a.storage.synchronous, b.storage.synchronous);
  EXPECT_EQ(a.limits.max_connections, b.limits.max_connections);
  EXPECT_EQ(a.limits.max_connections_per_address, b.limits.max_connections_per_address);
  EXPECT_EQ(a.limits.event_threads, b.limits.event_threads);
  EXPECT_EQ(a.limits.worker_threads, b.limits.worker_threads);
  EXPECT_EQ(a.limits.uploads_per_user, b.limits.uploads_per_user);
  EXPECT_EQ(a.limits.photo_workers, b.limits.photo_workers);
  EXPECT_EQ(a.live.transfers, b.live.transfers);
  EXPECT_EQ(a.log.level, b.log.level);
  EXPECT_EQ(a.log.format, b.log.format);
  EXPECT_EQ(a.trusted_proxies, b.trusted_proxies);
}

TEST(ExampleConfig, HoldsTheDefaults) {
  const auto example = load_config(kExample);
  ASSERT_TRUE(example) << example.error().detail;
  expect_same(*example, *default_config());
}

TEST(ExampleConfig, IsValidWithEveryKeySwitchedOn) {
  const auto config = parse_config(with_every_key(), "example");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->instance.domain, "home.example");
  EXPECT_TRUE(config->listen.public_tls);
}

bool holds(const YamlNode& node, std::string_view name) {
  const auto dot = name.find('.');
  for (const auto& entry : node.entries) {
    if (entry.key == name.substr(0, dot)) return dot == name.npos || holds(entry.value, name.substr(dot + 1));
  }
  return false;
}

TEST(ExampleConfig, NamesEveryKey) {
  const auto tree = parse_yaml(with_every_key());
  ASSERT_TRUE(tree) << tree.error().text;
  const auto keys = all_keys();
  EXPECT_GE(keys.size(), 30u);
  for (const auto& name : keys) EXPECT_TRUE(holds(*tree, name)) << name;
}

}  // namespace
}  // namespace kith::config
