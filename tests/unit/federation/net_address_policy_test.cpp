#include <netinet/in.h>

#include "federation/net/address_policy.hpp"

namespace kith::federation {
namespace {

AddressKind kind_of(std::string_view numeric) {
  return classify_address(numeric).value();
}

TEST(AddressPolicy, LetsPublicAddressesThrough) {
  for (const auto* address :
       {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "223.255.255.255", "2001:200::1", "2606:4700::1111", "2a00:1450::1", "3fff:1000::1"}) {
    EXPECT_EQ(kind_of(address), AddressKind::public_) << address;
  }
}

TEST(AddressPolicy, KnowsThisMachineAndItsNetworks) {
  for (const auto* address :
       {"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fdff::1", "fe80::1", "febf::1"}) {
    EXPECT_EQ(kind_of(address), AddressKind::private_) << address;
  }
}

TEST(AddressPolicy, NeverTakesWhatIsNoHost) {
  for (const auto* address :
       {"0.0.0.0",         "0.1.2.3",      "192.0.0.1",   "192.0.2.1",   "192.88.99.1",     "198.18.0.1",
        "198.19.255.255",  "198.51.100.7", "203.0.113.9", "224.0.0.1",   "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::",           "ff02::1",     "2001:db8::1", "2001:2::1",       "3fff::1",
        "100::1",          "64:ff9b:1::1", "fec0::1",     "4000::1"}) {
    EXPECT_EQ(kind_of(address), AddressKind::never) << address;
  }
}

TEST(AddressPolicy, LooksIntoIpv6FormsThatCarryIpv4) {
  for (const auto* address : {"::ffff:127.0.0.1", "::127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::192.168.0.1",
                              "2002:a00:1::1", "2002:7f00:1::", "2001:0:1:2:3:4:80ff:fffe"}) {
    EXPECT_EQ(kind_of(address), AddressKind::private_) << address;
  }
  EXPECT_EQ(kind_of("::ffff:224.0.0.1"), AddressKind::never);
  EXPECT_EQ(kind_of("64:ff9b::0.0.0.0"), AddressKind::never);
  EXPECT_EQ(kind_of("2002:e000:1::"), AddressKind::never);
  EXPECT_EQ(kind_of("::ffff:1.1.1.1"), AddressKind::public_);
  EXPECT_EQ(kind_of("64:ff9b::1.1.1.1"), AddressKind::public_);
}

TEST(AddressPolicy, PermitsPrivateOnesOnlyWhenTold) {
  EXPECT_TRUE(AddressPolicy{false}.permits(AddressKind::public_));
  EXPECT_FALSE(AddressPolicy{false}.permits(AddressKind::private_));
  EXPECT_TRUE(AddressPolicy{true}.permits(AddressKind::private_));
  EXPECT_FALSE(AddressPolicy{true}.permits(AddressKind::never));
}

TEST(AddressPolicy, RefusesOtherFamiliesAndShortAddresses) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x01010101);
  const auto* address = reinterpret_cast<const sockaddr*>(&v4);
  EXPECT_EQ(classify_address(address, sizeof v4), AddressKind::public_);
  EXPECT_EQ(classify_address(address, 8), AddressKind::never);
  v4.sin_family = AF_UNIX;
  EXPECT_EQ(classify_address(address, sizeof v4), AddressKind::never);
  EXPECT_FALSE(classify_address("localhost"));
}

}  // namespace
}  // namespace kith::federation
