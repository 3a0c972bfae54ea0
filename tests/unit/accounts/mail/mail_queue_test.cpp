#include "accounts/mail/mail_queue.hpp"

#include "accounts/mail/limits.hpp"
#include "tests/unit/accounts/mail/mail_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using MailQueueTest = test::MailTest;
using test::must;

WaitingMail due(MailQueue& queue) {
  auto mail = must(queue.next());
  if (!mail) throw std::runtime_error("no mail is due");
  return *mail;
}

TEST_F(MailQueueTest, HandsOutWhatWasWrittenDown) {
  must(enqueue());
  const auto mail = due(*queue_);
  EXPECT_EQ(mail.recipient, "alice@mail.example");
  EXPECT_EQ(mail.kind, "password_reset");
  EXPECT_EQ(mail.attempts, 0);
  EXPECT_THAT(mail.message, HasSubstr("\r\nTo: <alice@mail.example>\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("From: \"Our home\"\r\n <kith@home.example>\r\n"));
  EXPECT_THAT(mail.message,
              HasSubstr("\r\nhttps://home.example/#/reset-password?token=" + std::string(kToken) + "\r\n"));
  EXPECT_THAT(mail.message, HasSubstr("Message-ID: <" + mail.id + "@home.example>"));
}

TEST_F(MailQueueTest, ForgetsMailsOfATransactionThatWasRolledBack) {
  const auto done = database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY(queue_->enqueue(transaction, {"alice@mail.example", MailKind::password_changed, {}, {}}));
    return core::fail(core::ErrorCode::conflict, "changed my mind");
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(waiting(), 0);
  EXPECT_FALSE(must(queue_->next()));
}

TEST_F(MailQueueTest, RefusesMailsThatLackSomething) {
  const auto done = database_->write([&](storage::Transaction& transaction) {
    return queue_->enqueue(transaction, {"alice@mail.example", MailKind::password_reset, {}, {}});
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(waiting(), 0);
}

TEST_F(MailQueueTest, KeepsTokensOutOfTheDatabaseFile) {
  must(enqueue());
  std::string bytes;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_THAT(bytes, HasSubstr("alice@mail.example"));  // so we look at the right bytes
  EXPECT_EQ(bytes.find(kToken), std::string::npos);
  EXPECT_EQ(bytes.find("reset-password"), std::string::npos);
}

TEST_F(MailQueueTest, OutlivesARestart) {
  must(enqueue());
  const auto before = due(*queue_);
  must(queue_->settle(before, Delivery::held_up("down")));
  restart();
  EXPECT_FALSE(must(queue_->next()));
  clock_.advance(2s);
  const auto after = due(*queue_);
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.message, before.message);
  EXPECT_EQ(after.attempts, 1);
}

TEST_F(MailQueueTest, TriesAgainWithGrowingPauses) {
  must(enqueue());
  for (const auto pause : std::vector<std::chrono::milliseconds>{2s, 10s, 1min, 5min, 30min, 1h, 1h, 1h}) {
    must(queue_->settle(due(*queue_), Delivery::again("450 later")));
    clock_.advance(pause - 1ms);
    EXPECT_FALSE(must(queue_->next()));
    EXPECT_EQ(must(queue_->next_due()), clock_.now() + 1ms);
    clock_.advance(1ms);
    EXPECT_TRUE(must(queue_->next()));
  }
}

TEST_F(MailQueueTest, GivesUpAfterFiveDays) {
  must(enqueue());
  int tries = 0;
  const auto began = clock_.now();
  while (waiting() > 0) {
    ASSERT_LT(++tries, 200);
    must(queue_->settle(due(*queue_), Delivery::again("450 later")));
    clock_.advance(1h);
  }
  EXPECT_GE(clock_.now() - began, 5 * 24h);
  EXPECT_LE(clock_.now() - began, 5 * 24h + 2h);
  EXPECT_GT(tries, 100);
  EXPECT_EQ(must(queue_->state()).last_error, "450 later");
}

TEST_F(MailQueueTest, GivesUpAtOnceWhatIsRefused) {
  must(enqueue());
  must(queue_->settle(due(*queue_), Delivery::refused("550 no such user")));
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(must(queue_->state()).last_error, "550 no such user");
}

TEST_F(MailQueueTest, ATryThatWasStoppedDoesNotCount) {
  must(enqueue());
  must(queue_->settle(due(*queue_), Delivery::stopped()));
  EXPECT_EQ(due(*queue_).attempts, 0);
}

TEST_F(MailQueueTest, WhatOnlyWaitedForTheServerIsDueOnceItWorks) {
  for (const auto* to : {"a@mail.example", "b@mail.example", "c@mail.example"}) must(enqueue(to));
  for (int round = 0; round < 3; ++round) {
    must(queue_->settle(due(*queue_), Delivery::held_up("down")));
    clock_.advance(2s);
  }
  clock_.advance(10s);
  const auto refused_for_now = due(*queue_);
  must(queue_->settle(refused_for_now, Delivery::again("450 later")));
  must(queue_->settle(due(*queue_), Delivery::held_up("down")));
  EXPECT_EQ(due(*queue_).recipient, "c@mail.example");
  must(queue_->settle(due(*queue_), Delivery::delivered()));
  EXPECT_EQ(due(*queue_).recipient, "b@mail.example");
  must(queue_->settle(due(*queue_), Delivery::delivered()));
  EXPECT_FALSE(must(queue_->next()));  // the server said something about this one
  EXPECT_EQ(waiting(), 1);
}

TEST_F(MailQueueTest, AClockSetBackHoldsNothingUp) {
  must(enqueue());
  must(queue_->settle(due(*queue_), Delivery::again("450 later")));
  clock_.set_wall(clock_.now() - 24h * 365);
  EXPECT_TRUE(must(queue_->next()));
}

TEST_F(MailQueueTest, AnAddressGetsFiveMailsOfAKindAnHour) {
  for (int i = 0; i < 7; ++i) must(enqueue());
  EXPECT_EQ(waiting(), 5);
  must(enqueue("ALICE@mail.example"));  // the same address
  EXPECT_EQ(waiting(), 5);
  must(enqueue("alice@mail.example", MailKind::password_changed));
  must(enqueue("bob@mail.example"));
  EXPECT_EQ(waiting(), 7);
  clock_.advance(1h);
  must(enqueue());
  EXPECT_EQ(waiting(), 8);
}

// Enough for anybody to be told of, and not enough to be bothered by.
TEST_F(MailQueueTest, AnAddressGetsTwentyMailsADayWhatIsSentCounted) {
  const auto sent_of_thirty = [&](MailKind kind) {
    int sent = 0;
    for (int i = 0; i < 30; ++i) {
      must(enqueue("alice@mail.example", kind));
      while (const auto mail = must(queue_->next())) {
        must(queue_->settle(*mail, Delivery::delivered()));
        ++sent;
      }
      clock_.advance(15min);
    }
    return sent;
  };
  EXPECT_EQ(sent_of_thirty(MailKind::password_reset), 15);
  // Whoever took an account over can't keep its owner from hearing of it.
  EXPECT_EQ(sent_of_thirty(MailKind::password_changed), 5);
  clock_.advance(24h);
  EXPECT_EQ(sent_of_thirty(MailKind::password_changed), 20);
}

// Nobody keeps resets from somebody by registering with their address all day.
TEST_F(MailQueueTest, RegistrationsLeaveRoomForResets) {
  for (int i = 0; i < 30; ++i) {
    must(enqueue("alice@mail.example", MailKind::registration_of_taken_address));
    clock_.advance(15min);
  }
  EXPECT_EQ(waiting(), 10);
  for (int i = 0; i < 5; ++i) must(enqueue("alice@mail.example", MailKind::password_reset));
  EXPECT_EQ(waiting(), 15);
}

TEST_F(MailQueueTest, IsBounded) {
  execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999) "
      "INSERT INTO mails (id, recipient, kind, sealed, created_at, due_at, give_up_at) "
      "SELECT printf('%026d', i), 'x@y.example', 'password_reset', x'00', 0, 0, 0 FROM n");
  must(enqueue());
  EXPECT_EQ(waiting(), 10'000);
  must(enqueue("bob@mail.example"));  // dropped, and no error: nobody shall learn from it who has an account
  EXPECT_EQ(waiting(), 10'000);
}

TEST_F(MailQueueTest, RefusesAMailThatIsTooLong) {
  const auto done = database_->write([&](storage::Transaction& transaction) {
    return queue_->enqueue(
        transaction,
        {"alice@mail.example", MailKind::password_reset, {}, {{"link", "https://x/" + std::string(70'000, 'x')}}});
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, core::ErrorCode::too_large);
}

TEST_F(MailQueueTest, ASealedMailMovedToAnotherRowIsDropped) {
  must(enqueue("alice@mail.example"));
  must(enqueue("bob@mail.example"));
  execute("UPDATE mails SET sealed = (SELECT sealed FROM mails WHERE recipient = 'alice@mail.example')");
  EXPECT_EQ(due(*queue_).recipient, "alice@mail.example");
  must(queue_->settle(due(*queue_), Delivery::delivered()));
  EXPECT_FALSE(must(queue_->next()));
  EXPECT_EQ(waiting(), 0);
}

TEST_F(MailQueueTest, TellsHowItGoes) {
  EXPECT_EQ(must(queue_->state()).oldest_at, std::nullopt);
  EXPECT_EQ(must(queue_->state()).last_error, std::nullopt);
  const auto first = clock_.now();
  must(enqueue());
  clock_.advance(1s);
  must(enqueue());
  must(queue_->settle(due(*queue_), Delivery::held_up("no connection")));
  auto state = must(queue_->state());
  EXPECT_EQ(state.waiting, 2);
  EXPECT_EQ(state.oldest_at, first);
  EXPECT_EQ(state.last_error, "no connection");
  clock_.advance(2s);
  for (int i = 0; i < 2; ++i) must(queue_->settle(due(*queue_), Delivery::delivered()));
  state = must(queue_->state());
  EXPECT_EQ(state.waiting, 0);
  EXPECT_EQ(state.last_error, std::nullopt);
}

}  // namespace
}  // namespace kith::accounts
