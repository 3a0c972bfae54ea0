// Keys and MACs of live transfers, by the vectors that the page is held to as well.
#include "client/live_keys.hpp"

#include <gtest/gtest.h>

#include "tests/unit/client/live_vectors.hpp"

namespace kith::client {
namespace {

using namespace live_vectors;

LiveAuthKey auth_key() {
  return live_auth_key(secret());
}

TEST(LiveKeys, AuthenticationKeyIsTheOneOfTheVectors) {
  EXPECT_EQ(core::to_base64url(auth_key().view()), all().at("auth_key").get<std::string>());
}

TEST(LiveKeys, ListingsHaveTheMacOfTheVectors) {
  for (const auto& listing : all().at("listings"))
    EXPECT_EQ(live_files_mac(auth_key(), files(listing)), bytes_of<core::Mac>(listing.at("files_mac")))
        << listing.at("what");
}

TEST(LiveKeys, ListingsThatWereChangedHaveAnother) {
  for (const auto& refused : all().at("refused").at("files"))
    EXPECT_NE(live_files_mac(auth_key(), files(refused)), bytes_of<core::Mac>(refused.at("mac"))) << refused.at("what");
}

core::Mac receiver_mac(const Json& receiver) {
  return live_receiver_mac(auth_key(), receiver.at("live_id").get<std::string>(), receiver.at("file"),
                           bytes_of<core::BoxPublicKey>(receiver.at("receiver_key")));
}

TEST(LiveKeys, ReceiversHaveTheMacOfTheVectors) {
  for (const auto& receiver : all().at("receivers"))
    EXPECT_EQ(receiver_mac(receiver), bytes_of<core::Mac>(receiver.at("receiver_mac")));
  for (const auto& refused : all().at("refused").at("receivers"))
    EXPECT_NE(receiver_mac(refused), bytes_of<core::Mac>(refused.at("mac"))) << refused.at("what");
}

TEST(LiveKeys, SendersHaveTheMacOfTheVectors) {
  for (const auto& opening : all().at("openings"))
    EXPECT_EQ(live_sender_mac(auth_key(), binding(opening), terms(opening)),
              bytes_of<core::Mac>(opening.at("sender_mac")))
        << opening.at("what");
  for (const auto& refused : all().at("refused").at("senders"))
    EXPECT_NE(live_sender_mac(auth_key(), binding(refused), terms(refused)), bytes_of<core::Mac>(refused.at("mac")))
        << refused.at("what");
}

TEST(LiveKeys, BothSidesDeriveTheKeysOfTheVectors) {
  for (const auto& opening : all().at("openings")) {
    const auto bound = binding(opening);
    const auto salt = terms(opening).salt;
    const auto sender = live_keys(secret_key(opening.at("sender")), bound.receiver_key, secret(), salt, bound);
    const auto receiver = live_keys(secret_key(opening.at("receiver")), bound.sender_key, secret(), salt, bound);
    for (const auto* keys : {&sender, &receiver}) {
      ASSERT_TRUE(keys->has_value());
      EXPECT_EQ(core::to_base64url((*keys)->content.view()), opening.at("content_key").get<std::string>())
          << opening.at("what");
      EXPECT_EQ(core::to_base64url((*keys)->receipt.view()), opening.at("receipt_key").get<std::string>())
          << opening.at("what");
      EXPECT_EQ(live_receipt_mac((*keys)->receipt, bound.request_id, bytes_of<core::Digest>(opening.at("digest"))),
                bytes_of<core::Mac>(opening.at("receipt_mac")));
    }
  }
}

TEST(LiveKeys, KeysThatGiveZerosAreRefused) {
  const auto bound = binding(all().at("openings").at(0));
  for (const auto& text : all().at("refused").at("public_keys")) {
    const auto keys = live_keys(secret_key("sender"), bytes_of<core::BoxPublicKey>(text), secret(), {}, bound);
    ASSERT_FALSE(keys.has_value()) << text;
    EXPECT_EQ(keys.error().code, core::ErrorCode::not_authentic);
  }
}

}  // namespace
}  // namespace kith::client
