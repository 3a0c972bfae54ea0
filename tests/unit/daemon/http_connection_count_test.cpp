// Who gets a place when there are few.

#include "daemon/http/connection_count.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace kith::daemon {
namespace {

constexpr auto kLocal = ListenerKind::local;
constexpr auto kPublic = ListenerKind::public_;

HttpLimits limits(std::size_t connections, std::size_t per_address) {
  HttpLimits out;
  out.connections = connections;
  out.connections_per_address = per_address;
  return out;
}

TEST(ConnectionCount, OutsidersLeaveAQuarterToTheHousehold) {
  ConnectionCount count(limits(8, 8));
  std::vector<std::optional<ConnectionCount::Place>> places;
  while (!count.full(kPublic)) places.push_back(count.enter(kPublic, ""));
  EXPECT_EQ(count.open(), 6u);
  EXPECT_FALSE(count.full(kLocal));
  while (!count.full(kLocal)) places.push_back(count.enter(kLocal, ""));
  EXPECT_EQ(count.open(), 8u);
  places.front().reset();
  EXPECT_FALSE(count.full(kPublic)) << "a place given back by the public listener is its own again";
  EXPECT_FALSE(count.full(kLocal));
}

TEST(ConnectionCount, TheHouseholdMayTakeAllPlaces) {
  ConnectionCount count(limits(1, 8));
  EXPECT_FALSE(count.full(kPublic));
  const auto place = count.enter(kLocal, "192.0.2.1");
  EXPECT_TRUE(count.full(kLocal));
  EXPECT_TRUE(count.full(kPublic));
}

TEST(ConnectionCount, AnIpv6NetworkIsOneAddress) {
  ConnectionCount count(limits(100, 2));
  const auto first = count.enter(kPublic, "2001:db8:1:2::1");
  {
    const auto second = count.enter(kPublic, "2001:db8:1:2:ffff::9");
    EXPECT_TRUE(second);
    EXPECT_FALSE(count.enter(kPublic, "2001:db8:1:2:3:4:5:6"));
    EXPECT_TRUE(count.enter(kPublic, "2001:db8:1:3::1"));
  }
  EXPECT_TRUE(count.enter(kPublic, "2001:db8:1:2::7")) << "places come back under the same count";
}

TEST(ConnectionCount, Ipv4AddressesCountOneByOne) {
  ConnectionCount count(limits(100, 1));
  const auto first = count.enter(kPublic, "192.0.2.1");
  EXPECT_FALSE(count.enter(kLocal, "192.0.2.1"));
  EXPECT_TRUE(count.enter(kPublic, "192.0.2.2"));
  EXPECT_EQ(count.open(), 1u);
}

}  // namespace
}  // namespace kith::daemon
