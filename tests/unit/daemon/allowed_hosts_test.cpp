#include "daemon/app/allowed_hosts.hpp"

#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

TEST(AllowedHosts, TakesAddressesAndConfiguredNamesOnly) {
  config::Config config;
  config.instance.domain = "a.example:8471";
  config.web.url = "https://photos.home.example/";
  config.web.allowed_hosts = {"NAS.lan", "other.lan:8470"};
  const AllowedHosts hosts(config);
  for (const auto* good : {"localhost", "localhost:8470", "127.0.0.1:8470", "192.168.1.5", "[::1]:8470", "[::1]",
                           "a.example", "photos.home.example:443", "nas.lan:8470", "other.lan"}) {
    EXPECT_TRUE(hosts.allow(good)) << good;
  }
  for (const auto* bad : {"evil.example", "evil.example:8470", "localhost.evil.example", "a.example.evil",
                          "127.0.0.1.evil", "127.1", ""}) {
    EXPECT_FALSE(hosts.allow(bad)) << bad;
  }
}

}  // namespace
}  // namespace kith::daemon
