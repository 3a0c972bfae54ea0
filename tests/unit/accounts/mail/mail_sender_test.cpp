#include "accounts/mail/mail_sender.hpp"

#include <condition_variable>

#include "tests/unit/accounts/mail/mail_fixture.hpp"

namespace kith::accounts {
namespace {

using namespace std::chrono_literals;
using test::must;

class MailSenderTest : public test::MailTest {
 protected:
  MailSender sender_{*queue_, carrier_, clock_, core::Logger::none()};
};

TEST_F(MailSenderTest, SendsOneAfterTheOther) {
  must(enqueue("a@mail.example"));
  must(enqueue("b@mail.example"));
  EXPECT_TRUE(sender_.send_next());
  EXPECT_TRUE(sender_.send_next());
  EXPECT_FALSE(sender_.send_next());
  ASSERT_EQ(carrier_.tried.size(), 2u);
  EXPECT_EQ(carrier_.tried[0].recipient, "a@mail.example");
  EXPECT_EQ(carrier_.tried[1].recipient, "b@mail.example");
  EXPECT_EQ(waiting(), 0);
}

TEST_F(MailSenderTest, DoesNotKnockAtAServerThatIsDownForEveryMail) {
  for (int i = 0; i < 10; ++i) must(enqueue(std::to_string(i) + "@mail.example"));
  carrier_.answer = Delivery::held_up("down");
  const auto tries_within = [&](std::chrono::milliseconds time) {
    const auto before = carrier_.tried.size();
    for (auto left = time; left.count() > 0; left -= 1s) {
      while (sender_.send_next()) {
      }
      clock_.advance(1s);
    }
    return carrier_.tried.size() - before;
  };
  EXPECT_EQ(tries_within(2s), 1u);
  EXPECT_EQ(tries_within(10s), 1u);
  EXPECT_EQ(tries_within(1min), 1u);
  EXPECT_EQ(tries_within(1min), 1u);
  carrier_.answer = Delivery::delivered();
  EXPECT_EQ(tries_within(1s), 10u);
  EXPECT_EQ(waiting(), 0);
}

TEST_F(MailSenderTest, AMailThatIsNotTakenHoldsNoOtherUp) {
  must(enqueue("a@mail.example"));
  must(enqueue("b@mail.example"));
  carrier_.answer = Delivery::again("450 later");
  EXPECT_TRUE(sender_.send_next());
  carrier_.answer = Delivery::delivered();
  EXPECT_TRUE(sender_.send_next());
  EXPECT_EQ(carrier_.tried.back().recipient, "b@mail.example");
  EXPECT_EQ(waiting(), 1);
}

TEST_F(MailSenderTest, PausesUntilTheNextIsDue) {
  EXPECT_EQ(sender_.pause(), 1min);  // nothing waits here, but another process may write one
  must(enqueue());
  carrier_.answer = Delivery::again("450 later");
  EXPECT_TRUE(sender_.send_next());
  EXPECT_EQ(sender_.pause(), 2s);
  clock_.advance(2s);
  carrier_.answer = Delivery::held_up("down");
  EXPECT_TRUE(sender_.send_next());
  EXPECT_EQ(sender_.pause(), 10s);
}

TEST_F(MailSenderTest, SendsNothingTwiceWhileNothingCanBeNoted) {
  must(enqueue("a@mail.example"));
  must(enqueue("b@mail.example"));
  execute("CREATE TRIGGER broken BEFORE DELETE ON mails BEGIN SELECT RAISE(ABORT, 'as with a full disk'); END");
  for (int minute = 0; minute < 5; ++minute) {
    EXPECT_FALSE(sender_.send_next());
    EXPECT_EQ(sender_.pause(), 1min);
    clock_.advance(1min);
  }
  EXPECT_EQ(carrier_.tried.size(), 1u);
  execute("DROP TRIGGER broken");
  while (sender_.send_next()) {
  }
  EXPECT_EQ(carrier_.tried.size(), 2u);
  EXPECT_EQ(waiting(), 0);
}

// Waits in deliver() until it is stopped, or is let go.
class SlowCarrier final : public MailCarrier {
 public:
  Delivery deliver(const WaitingMail&) override {
    std::unique_lock lock(mutex_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return stopped_ || let_go_; });
    return stopped_ ? Delivery::stopped() : Delivery::delivered();
  }
  void stop() override {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  void let_go() {
    std::lock_guard lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
  }
  bool wait_until_begun(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 30s, [&] { return begun_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int begun_ = 0;
  bool stopped_ = false, let_go_ = false;
};

class MailThreadTest : public test::MailTest {
 protected:
  SlowCarrier slow_;
  core::SystemClock time_;
};

TEST_F(MailThreadTest, IsWokenByAMail) {
  MailSender sender(*queue_, slow_, time_, core::Logger::none());
  slow_.let_go();
  sender.start();
  must(enqueue("a@mail.example"));
  EXPECT_TRUE(slow_.wait_until_begun(1));
  must(enqueue("b@mail.example"));
  EXPECT_TRUE(slow_.wait_until_begun(2));
}

TEST_F(MailThreadTest, StopsInTheMiddleOfAMailAndKeepsIt) {
  {
    MailSender sender(*queue_, slow_, time_, core::Logger::none());
    sender.start();
    must(enqueue());
    EXPECT_TRUE(slow_.wait_until_begun(1));
  }
  EXPECT_EQ(waiting(), 1);
}

}  // namespace
}  // namespace kith::accounts
