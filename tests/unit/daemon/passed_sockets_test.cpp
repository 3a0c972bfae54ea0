#include "daemon/app/passed_sockets.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace kith::daemon {
namespace {

config::Listen addresses(std::string local = "127.0.0.1:8470", std::string public_address = "0.0.0.0:8471") {
  config::Listen listen;
  listen.local = std::move(local);
  listen.public_ = std::move(public_address);
  return listen;
}

struct Given {
  std::string name, address;
};

// Sockets are told from each other by their descriptors, counted from one that is none.
core::Expected<PassedSockets> sorted(const std::vector<Given>& given, const config::Listen& listen = addresses()) {
  std::vector<PassedSocket> sockets;
  for (const auto& [name, address] : given) sockets.push_back({UniqueFd(::dup(0)), name, address});
  return sort_passed_sockets(std::move(sockets), listen);
}

TEST(PassedSockets, AreKnownByName) {
  const auto both = sorted({{"public", "192.168.1.2:443"}, {"local", "127.0.0.1:9"}});
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->local.valid());
  EXPECT_TRUE(both->public_.valid());
}

TEST(PassedSockets, AreKnownByTheAddressOfTheConfiguration) {
  const auto both = sorted({{"kithd.socket", "[::]:8471"}, {"kithd.socket", "127.0.0.1:8470"}});
  ASSERT_TRUE(both);
  EXPECT_TRUE(both->local.valid() && both->public_.valid());
  const auto one = sorted({{"", "unix:/run/kith/local.sock"}}, addresses("unix:/run/kith/local.sock"));
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->local.valid());
  EXPECT_FALSE(one->public_.valid());
  const auto none = sorted({});
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->local.valid() || none->public_.valid());
}

TEST(PassedSockets, ThatDontFitAreRefused) {
  const std::vector<std::vector<Given>> wrong{
      {{"kithd.socket", "127.0.0.1:9999"}},                         // nobody's
      {{"kithd.socket", "0.0.0.0:8470"}},                           // open to more people than configured
      {{"kithd.socket", "[::]:8470"}},                              // the same
      {{"local", "unix:/run/kith/local.sock"}},                     // trusted in another way
      {{"local", ""}},                                              // does not listen
      {{"local", "127.0.0.1:1"}, {"local", "127.0.0.1:2"}},         // which one?
      {{"public", "[::]:8471"}, {"kithd.socket", "0.0.0.0:8471"}},  // the same
  };
  for (const auto& given : wrong) {
    const auto answer = sorted(given);
    ASSERT_FALSE(answer) << given[0].address;
    EXPECT_NE(answer.error().detail.find("systemd"), std::string::npos) << answer.error().detail;
  }
  EXPECT_FALSE(sorted({{"x", "127.0.0.1:80"}}, addresses("127.0.0.1:80", "127.0.0.1:80")));
}

struct PassedSocketsEnvironment : testing::Test {
  ~PassedSocketsEnvironment() override {
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  }
  static core::Expected<std::vector<PassedSocket>> taken(const std::string& pid, const char* count, const char* names) {
    ::setenv("LISTEN_PID", pid.c_str(), 1);
    ::setenv("LISTEN_FDS", count, 1);
    ::setenv("LISTEN_FDNAMES", names, 1);
    auto found = take_passed_sockets();
    EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
    return found;
  }
};

TEST_F(PassedSocketsEnvironment, MeantForAnotherProcessIsLeftAlone) {
  for (const char* pid : {"1", "", "x", "-1"}) {
    const auto found = taken(pid, "2", "local:public");
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->empty());
  }
}

TEST_F(PassedSocketsEnvironment, ThatMakesNoSenseIsRefused) {
  const auto own = std::to_string(::getpid());
  EXPECT_FALSE(taken(own, "two", "local:public"));
  EXPECT_FALSE(taken(own, "-1", ""));
  EXPECT_FALSE(taken(own, "1000", ""));
  EXPECT_FALSE(taken(own, "2", "local"));
  EXPECT_FALSE(taken(own, "1", "local:public"));
  const auto none = taken(own, "0", "");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

}  // namespace
}  // namespace kith::daemon
