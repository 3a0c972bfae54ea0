#include "federation/invite_link.hpp"

#include <gtest/gtest.h>

#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation {
namespace {

InviteLink some_link() {
  return {test::address("bob@b.example:8471"), Fingerprint::of(test::signing_key(2).public_key()), WireInviteId{{1, 2}},
          test::invite_secret()};
}

TEST(InviteLink, ComesBackAsItWasBuilt) {
  const auto text = build_invite_link("https://kith.b.example/", some_link());
  EXPECT_TRUE(text.starts_with("https://kith.b.example/invite#kith1."));
  for (const auto& form : {text, text.substr(text.find('#') + 1)}) {
    const auto link = parse_invite_link(form);
    ASSERT_TRUE(link) << form;
    EXPECT_EQ(link->address, some_link().address);
    EXPECT_EQ(link->fingerprint, some_link().fingerprint);
    EXPECT_EQ(link->id, some_link().id);
    EXPECT_EQ(link->secret, some_link().secret);
  }
}

TEST(InviteLink, RefusesWhatIsNotExactlyOne) {
  const auto text = build_invite_link("https://b.example", some_link());
  const auto fragment = text.substr(text.find('#') + 1);
  for (const auto& wrong : {std::string(), std::string("#"), std::string("kith1....."), text + ".", text + "A",
                            text.substr(0, text.size() - 1), "kith2" + fragment.substr(5),
                            "https://b.example/other#" + fragment, fragment + ".x", "." + fragment, text + " ",
                            text + "=", std::string(5000, 'a') + "/invite#" + fragment, "x#" + text}) {
    const auto link = parse_invite_link(wrong);
    EXPECT_FALSE(link) << wrong;
    if (!link) {
      EXPECT_EQ(link.error().code, core::ErrorCode::bad_request);
    }
  }
}

TEST(InviteMac, BindsEveryPartOfTheInit) {
  const auto secret = test::invite_secret();
  const auto alice = test::address("alice@a.example"), bob = test::address("bob@b.example");
  const auto key = test::signing_key(1).public_key(), other_key = test::signing_key(3).public_key();
  const HandshakeId id{{1}}, other_id{{2}};
  const core::BoxPublicKey box{{1}}, other_box{{2}};
  const Commitment commitment{{1}}, other_commitment{{2}};
  const InviteBinding binding{alice, bob, key, id, box, commitment};
  const auto mac = invite_mac(secret, binding);
  EXPECT_TRUE(check_invite_mac(secret, binding, mac));
  EXPECT_FALSE(check_invite_mac(secret, {bob, bob, key, id, box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {alice, alice, key, id, box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {bob, alice, key, id, box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {alice, bob, other_key, id, box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {alice, bob, key, other_id, box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {alice, bob, key, id, other_box, commitment}, mac));
  EXPECT_FALSE(check_invite_mac(secret, {alice, bob, key, id, box, other_commitment}, mac));
  EXPECT_FALSE(check_invite_mac(InviteSecret{}, binding, mac));
  for (std::size_t i = 0; i < mac.data.size(); ++i) {
    auto flipped = mac;
    flipped.data[i] ^= 0x80;
    EXPECT_FALSE(check_invite_mac(secret, binding, flipped)) << i;
  }
}

}  // namespace
}  // namespace kith::federation
