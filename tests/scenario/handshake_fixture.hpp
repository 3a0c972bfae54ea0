#pragma once
// Two instances, alice on one and bob on the other, for the handshake scenarios.

#include <gtest/gtest.h>

#include "tests/support/federation_node.hpp"

namespace kith::test {

using federation::ConnectionState;

class TwoInstances : public ::testing::Test {
 protected:
  TwoInstances() {
    a.know(b);
    b.know(a);
    alice = a.add_user("alice");
    bob = b.add_user("bob");
  }

  // alice has asked, bob is being asked.
  void ask() {
    a.ask(alice, "bob@b.example");
    settle({&a, &b});
    ASSERT_EQ(b.only().state, ConnectionState::pending_in);
  }
  void approve() {
    const auto asked = b.only();
    const auto approved = b.handshakes().approve(bob, asked.id, asked.fingerprint);
    ASSERT_TRUE(approved) << approved.error().detail;
  }
  void establish() {
    ask();
    approve();
    settle({&a, &b});
    expect_established();
  }
  bool established() {
    return a.only().state == ConnectionState::established && b.only().state == ConnectionState::established;
  }
  // Both have the same connection, and nothing is left over.
  void expect_established() {
    ASSERT_EQ(a.only().state, ConnectionState::established);
    ASSERT_EQ(b.only().state, ConnectionState::established);
    EXPECT_EQ(a.only().words.size(), 6u);
    EXPECT_EQ(a.only().words, b.only().words);
    const auto at_a = a.connections().find(a.only().id).value().value();
    const auto at_b = b.connections().find(b.only().id).value().value();
    EXPECT_EQ(at_a.wire_id, at_b.wire_id);
    EXPECT_EQ(a.connections().own_keys(at_a.id, at_a.own_epoch).value().sign.public_key(),
              b.connections().peer_keys(at_b.id, at_b.peer_epoch).value().sign);
    EXPECT_EQ(b.connections().own_keys(at_b.id, at_b.own_epoch).value().box.public_key,
              a.connections().peer_keys(at_a.id, at_a.peer_epoch).value().box);
    EXPECT_EQ(a.count("handshake_secrets") + b.count("handshake_secrets"), 0);
    EXPECT_EQ(a.count("outbox") + b.count("outbox"), 0);
  }

  FakeClock clock;
  FakePeerNetwork network;
  FederationNode a{network, clock, {.domain = "a.example", .seed = 1}};
  FederationNode b{network, clock, {.domain = "b.example", .seed = 2, .source = "198.51.100.7"}};
  core::UserId alice;
  core::UserId bob;
};

}  // namespace kith::test
