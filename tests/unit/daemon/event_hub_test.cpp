// What pages are told: who hears what, what waits for slow readers, and when a stream ends.

#include "daemon/api/event_hub.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/bytes.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::daemon {
namespace {

using namespace std::chrono_literals;
using Status = BodySource::Status;

constexpr const char* kHello = "retry: 2000\nevent: hello\ndata: {}\n\n";

class EventHubTest : public testing::Test {
 protected:
  using Stream = std::shared_ptr<EventStream>;

  Stream open(
      const core::UserId& user, bool is_admin = false, std::function<bool()> still_good = [] { return true; }) {
    auto stream = hub_.open({user, is_admin, std::move(still_good)});
    if (!stream) throw std::runtime_error(stream.error().detail);
    return *stream;
  }
  // Open, with the greeting read already.
  Stream listening(const core::UserId& user, bool is_admin = false) {
    auto stream = open(user, is_admin);
    if (read(*stream) != kHello) throw std::runtime_error("no greeting");
    return stream;
  }
  // All there is to read; "END" when the stream has ended.
  static std::string read(EventStream& stream, std::size_t space = 64 * 1024) {
    std::string text;
    std::vector<std::uint8_t> bytes(space);
    for (;;) {
      const auto result = stream.read(bytes);
      if (result.status == Status::end) return text + "END";
      if (result.status != Status::data) return text;
      text += core::as_text(std::span(bytes).first(result.filled));
    }
  }
  core::ConnectionId connection() { return core::ConnectionId::make(clock_, random_); }

  test::FakeClock clock_;
  test::SeededRandom random_;
  const core::UserId alice_ = core::UserId::make(clock_, random_);
  const core::UserId bob_ = core::UserId::make(clock_, random_);
  const core::UserId admin_ = core::UserId::make(clock_, random_);
  EventHub hub_{EventLimits{.streams_per_user = 3, .streams = 5}};
};

TEST_F(EventHubTest, GreetsFirst) {
  const auto stream = open(alice_);
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), std::string(kHello) + "event: assets\ndata: {}\n\n");
  EXPECT_EQ(read(*stream), "");
}

TEST_F(EventHubTest, EventsAreOneLineOfJsonEach) {
  const auto id = connection();
  EXPECT_EQ(Event::connection(id).text(), "event: connection\ndata: {\"id\":\"" + id.text() + "\"}\n\n");
  EXPECT_EQ(Event::shared_with_me("bob@b.example").text(),
            "event: shared_with_me\ndata: {\"owner\":\"bob@b.example\"}\n\n");
  const auto hostile = Event::shared_with_me("bob\n\nevent: resync\r\ndata: {}").text();
  EXPECT_EQ(std::ranges::count(hostile, '\n'), 3);
  EXPECT_EQ(std::ranges::count(hostile, '\r'), 0);
}

TEST_F(EventHubTest, OthersNeverHear) {
  const auto alices = listening(alice_);
  const auto bobs = listening(bob_);
  const auto admins = listening(admin_, true);
  hub_.publish(alice_, Event::assets());
  hub_.publish(alice_, Event::shared_with_me("bob@b.example"));
  hub_.publish_with_admins(alice_, Event::connection(connection()));
  EXPECT_EQ(std::ranges::count(read(*alices), '{'), 3);
  EXPECT_EQ(read(*bobs), "");
  const auto heard = read(*admins);
  EXPECT_TRUE(heard.starts_with("event: connection\n")) << heard;
  EXPECT_EQ(heard.find("assets"), std::string::npos);
}

TEST_F(EventHubTest, AnAdminHearsOfTheirOwnConnectionOnce) {
  const auto admins = listening(admin_, true);
  const auto id = connection();
  hub_.publish_with_admins(admin_, Event::connection(id));
  EXPECT_EQ(read(*admins), Event::connection(id).text());
}

TEST_F(EventHubTest, EverybodyHearsOfTheInstance) {
  const auto alices = listening(alice_);
  const auto bobs = listening(bob_);
  hub_.publish_to_all(Event::instance());
  EXPECT_EQ(read(*alices), Event::instance().text());
  EXPECT_EQ(read(*bobs), Event::instance().text());
}

TEST_F(EventHubTest, AllPagesOfAUserHear) {
  const auto one = listening(alice_), two = listening(alice_);
  hub_.publish(alice_, Event::shares());
  EXPECT_EQ(read(*one), Event::shares().text());
  EXPECT_EQ(read(*two), Event::shares().text());
}

TEST_F(EventHubTest, EqualEventsWaitOnce) {
  const auto stream = listening(alice_);
  const auto id = connection();
  for (int i = 0; i < 1000; ++i) {
    hub_.publish(alice_, Event::assets());
    hub_.publish(alice_, Event::connection(id));
  }
  EXPECT_EQ(read(*stream), Event::assets().text() + Event::connection(id).text());
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), Event::assets().text()) << "one that was read already is no reason to drop the next";
}

TEST_F(EventHubTest, TooManyWaitingEventsGiveWayToOneResync) {
  const auto stream = listening(alice_);
  for (std::size_t i = 0; i < EventStream::kMostWaiting; ++i) {
    hub_.publish(alice_, Event::connection(connection()));
  }
  EXPECT_EQ(std::ranges::count(read(*stream), '{'), static_cast<long>(EventStream::kMostWaiting));
  for (std::size_t i = 0; i < 1000; ++i) hub_.publish(alice_, Event::connection(connection()));
  EXPECT_EQ(read(*stream), Event::resync().text());
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), Event::assets().text());
}

TEST_F(EventHubTest, AnEventMayComeInPieces) {
  const auto stream = listening(alice_);
  hub_.publish(alice_, Event::shared_with_me("bob@b.example"));
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream, 7), Event::shared_with_me("bob@b.example").text() + Event::assets().text());
}

TEST_F(EventHubTest, EachEventWakesItsReaderOnly) {
  const auto alices = listening(alice_), bobs = listening(bob_);
  int alice_woken = 0, bob_woken = 0;
  alices->on_ready([&] { ++alice_woken; });
  bobs->on_ready([&] { ++bob_woken; });
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(alice_woken, 1);
  hub_.check(alice_);
  EXPECT_EQ(alice_woken, 2);
  alices->abandon();
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(alice_woken, 2) << "nobody reads any more";
  EXPECT_EQ(bob_woken, 0);
}

TEST_F(EventHubTest, TheHeartbeatIsACommentAndVerifiesTheLogIn) {
  int asked = 0;
  bool good = true;
  const auto stream = open(alice_, false, [&] {
    ++asked;
    return good;
  });
  EXPECT_EQ(read(*stream), kHello);
  EXPECT_EQ(asked, 1);
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), Event::assets().text());
  EXPECT_EQ(asked, 1) << "not for each event";
  hub_.check_all();
  EXPECT_EQ(read(*stream), ":\n\n");
  EXPECT_EQ(asked, 2);
  good = false;
  hub_.check_all();
  EXPECT_EQ(read(*stream), "END");
  EXPECT_EQ(asked, 3);
}

// The log-out asked all streams there were, and this one came a moment later.
TEST_F(EventHubTest, ALogInThatEndedWhileTheStreamOpenedIsNotGreeted) {
  hub_.check(alice_);
  const auto stream = open(alice_, false, [] { return false; });
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), "END");
}

TEST_F(EventHubTest, NothingIsSentOnceTheLogInHasEnded) {
  bool good = true;
  const auto stream = open(alice_, false, [&] { return good; });
  EXPECT_EQ(read(*stream), kHello);
  hub_.publish(alice_, Event::shares());
  good = false;
  hub_.check(alice_);
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), "END") << "not even what waited before";
}

TEST_F(EventHubTest, ALogOutAsksTheStreamsOfThatUserOnly) {
  bool good = true;
  const auto stream = open(alice_, false, [&] { return good; });
  EXPECT_EQ(read(*stream), kHello);
  good = false;
  hub_.check(bob_);
  hub_.publish(alice_, Event::assets());
  EXPECT_EQ(read(*stream), Event::assets().text());
  hub_.check(alice_);
  EXPECT_EQ(read(*stream), "END");
}

TEST_F(EventHubTest, AUserAndEverybodyTogetherHaveALimit) {
  const std::vector<Stream> alices{open(alice_), open(alice_), open(alice_)};
  const auto refused = hub_.open({alice_, false, [] { return true; }});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, core::ErrorCode::busy);
  EXPECT_TRUE(refused.error().retry_after);
  const std::vector<Stream> others{open(bob_), open(admin_)};
  EXPECT_FALSE(hub_.open({bob_, false, [] { return true; }})) << "five in all";
}

TEST_F(EventHubTest, WhoGoesLeavesTheirPlace) {
  std::vector<Stream> alices{open(alice_), open(alice_), open(alice_)};
  EXPECT_TRUE(hub_.is_heard_by(alice_));
  alices[0]->abandon();  // as the HTTP layer does
  alices[0]->abandon();
  open(alice_);  // dropped before anybody read it
  EXPECT_TRUE(hub_.open({alice_, false, [] { return true; }}));
  alices.clear();
  EXPECT_FALSE(hub_.is_heard_by(alice_));
}

TEST_F(EventHubTest, StopEndsEveryStreamAndWaitsForTheLastWords) {
  const auto alices = listening(alice_), bobs = listening(bob_);
  hub_.publish(alice_, Event::assets());
  std::atomic<int> ended = 0;
  const auto serve = [&](EventStream& stream) {
    std::atomic<bool> woken = false;
    stream.on_ready([&] {
      woken = true;
      woken.notify_all();
    });
    auto text = read(stream);
    if (!text.ends_with("END")) {
      woken.wait(false);
      text += read(stream);
    }
    if (text.ends_with("END")) ++ended;
    stream.abandon();
  };
  std::thread one(serve, std::ref(*alices)), two(serve, std::ref(*bobs));
  hub_.stop(10s);
  EXPECT_EQ(ended, 2);
  one.join();
  two.join();
  const auto late = hub_.open({alice_, false, [] { return true; }});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, core::ErrorCode::busy);
}

TEST_F(EventHubTest, StopDoesNotWaitForWhoNeverReads) {
  const auto stream = listening(alice_);
  const auto begin = std::chrono::steady_clock::now();
  hub_.stop(50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(read(*stream), "END");
}

TEST_F(EventHubTest, ManyThreadsPublishWhilePagesComeAndGo) {
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (const auto& user : {alice_, bob_}) {
    threads.emplace_back([&, user] {
      while (!done) {
        hub_.publish(user, Event::assets());
        hub_.publish_with_admins(user, Event::instance());
        hub_.check_all();
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 2000; ++i) {
      const auto stream = open(alice_);
      stream->on_ready([] {});
      read(*stream);
      stream->abandon();
    }
    done = true;
  });
  const auto admins = open(admin_, true);
  while (!done) read(*admins);
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(hub_.is_heard_by(alice_));
}

}  // namespace
}  // namespace kith::daemon
