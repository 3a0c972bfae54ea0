// Whom a sender of live transfers believes, without a server: what it would say to one fails at once.
#include "client/live_sender.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"
#include "tests/unit/client/live_vectors.hpp"

namespace kith::client {
namespace {

constexpr const char* kLiveId = "01jd0f9qv0000000000000000a";
constexpr const char* kRequest = "01jd0f9qw00000000000000001";

class Empty final : public LiveSource {
 public:
  explicit Empty(bool is_stream) : is_stream_(is_stream) {}
  std::optional<std::uint64_t> size() const override {
    return is_stream_ ? std::nullopt : std::optional<std::uint64_t>(0);
  }
  core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t>) override { return 0; }

 private:
  const bool is_stream_;
};

class LiveSenderTest : public testing::Test {
 protected:
  LiveSenderTest() {
    files_.push_back({"file", std::make_unique<Empty>(false)});
    files_.push_back({"\x1b[31mred", std::make_unique<Empty>(true)});
  }
  ~LiveSenderTest() override { stop_.raise(); }

  LiveWanted wanted(std::uint64_t file, const std::string& request_id = kRequest) const {
    return {request_id, file, key_, live_receiver_mac(secrets_.auth_key, kLiveId, file, key_), 0, 0};
  }
  std::string told() {
    std::string all;
    for (const auto& text : desk_.news()) all += text + "\n";
    return all;
  }

  test::SeededRandom random_;
  std::vector<LiveOffered> files_;
  const core::BoxPublicKey key_ = core::BoxKeyPair::generate(random_).public_key;
  const LiveOfferSecrets secrets_{live_vectors::secret(), live_auth_key(live_vectors::secret())};
  const std::string live_id_ = kLiveId;
  const Account account_{"http://127.0.0.1:1", "token", {}, {}};
  StopSignal stop_;
  Interruption interruption_{stop_};
  Http http_{interruption_};
  LiveCalls calls_{http_, account_, live_id_};
  LiveDesk desk_;
  LiveSender sender_{{account_, live_id_, files_, secrets_, stop_, true}, random_, desk_};
};

TEST_F(LiveSenderTest, ServesWhoHasTheSecret) {
  sender_.take(wanted(0), calls_);
  EXPECT_EQ(sender_.status().transfers, 1U);
  EXPECT_EQ(sender_.status().name, "file");
  sender_.take(wanted(0), calls_);  // told again on another connection
  EXPECT_EQ(sender_.status().transfers, 1U);
  EXPECT_EQ(told(), "");
}

TEST_F(LiveSenderTest, RefusesWhoDoesNot) {
  auto other_file = wanted(0);
  other_file.file = 1;
  auto absent = wanted(2);
  auto other_mac = wanted(0);
  other_mac.mac.data[31] ^= 1;
  auto other_key = wanted(0);
  other_key.receiver_key = core::BoxKeyPair::generate(random_).public_key;
  for (const auto& each : {other_file, absent, other_mac, other_key}) {
    sender_.take(each, calls_);
    EXPECT_EQ(sender_.status().transfers, 0U);
    EXPECT_NE(told().find("without the secret"), std::string::npos);
  }
}

TEST_F(LiveSenderTest, AStreamIsForOne) {
  sender_.take(wanted(1), calls_);
  sender_.take(wanted(1, "01jd0f9qw00000000000000002"), calls_);
  EXPECT_EQ(sender_.status().transfers, 1U);
  const auto text = told();
  EXPECT_NE(text.find("only one can get"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "and its name is no command to the terminal";
}

TEST_F(LiveSenderTest, AReceiptThatProvesNothingDoesNotCount) {
  sender_.take(wanted(0), calls_);
  sender_.take(LiveReceived{kRequest, {}}, calls_);
  EXPECT_NE(told().find("not authentic"), std::string::npos);
  EXPECT_FALSE(desk_.how().has_value());
  EXPECT_EQ(sender_.status().transfers, 0U);
}

TEST_F(LiveSenderTest, WhatTheServerDoesNotKnowAnyMoreHasEnded) {
  sender_.take(wanted(0), calls_);
  sender_.take(LiveHello{{kRequest}}, calls_);
  EXPECT_EQ(sender_.status().transfers, 1U);
  sender_.take(LiveHello{}, calls_);
  EXPECT_EQ(sender_.status().transfers, 0U);
  sender_.take(LiveResume{"01jd0f9qw00000000000000009", 0, 1}, calls_);  // never heard of
  sender_.take(LiveCancelled{"01jd0f9qw00000000000000009", "idle"}, calls_);
  EXPECT_EQ(told(), "");
}

TEST_F(LiveSenderTest, TheEndOfTheOfferEndsAll) {
  sender_.take(LiveOver{"expired"}, calls_);
  ASSERT_TRUE(desk_.how().has_value());
  EXPECT_EQ(desk_.how()->error().code, core::ErrorCode::gone);
}

}  // namespace
}  // namespace kith::client
