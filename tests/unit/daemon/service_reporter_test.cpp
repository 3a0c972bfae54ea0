#include "daemon/app/service_reporter.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using Answer = std::function<void(std::string)>;

// A daemon that answers when the test says so, and systemd's side.
class Reporter : public testing::Test {
 public:
  Reporter() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ServiceReporter::Ask ask() {
    return [this](Answer answer) {
      const std::lock_guard lock(mutex_);
      asked_.push_back(std::move(answer));
      changed_.notify_all();
    };
  }
  Answer question(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= number; });
    return asked_[number - 1];
  }
  std::string received(int flags = 0) const {
    std::array<char, 4096> space{};
    const auto size = ::recv(socket_.get(), space.data(), space.size(), flags);
    return size < 0 ? "" : std::string(space.data(), static_cast<std::size_t>(size));
  }

  const test::TempDir folder_;
  const std::string path_ = (folder_.path() / "notify").string();
  const UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const ServiceManager manager_{{path_, std::chrono::milliseconds(200)}};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Answer> asked_;
};

TEST_F(Reporter, IsReadyWithTheFirstAnswerAndPingsWithEach) {
  const ServiceReporter reporter(manager_, ask());
  const auto first = question(1);
  EXPECT_EQ(received(MSG_DONTWAIT), "");
  first("fine");
  EXPECT_EQ(received(), "STATUS=fine");
  EXPECT_EQ(received(), "READY=1");
  EXPECT_EQ(received(), "WATCHDOG=1");
  question(2)("fine");
  EXPECT_EQ(received(), "WATCHDOG=1");  // what has not changed is not told again
  question(3)("better");
  EXPECT_EQ(received(), "STATUS=better");
  EXPECT_EQ(received(), "WATCHDOG=1");
}

TEST_F(Reporter, IsSilentWhileNothingAnswersAndAsksOnce) {
  Answer late;
  {
    const ServiceReporter reporter(manager_, ask());
    question(1)("fine");
    for (int i = 0; i < 3; ++i) EXPECT_NE(received(), "");
    late = question(2);
    // Had it gone on, it would have asked again and pinged by now.
    const timeval longer_than_the_pause{0, 300'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &longer_than_the_pause, sizeof longer_than_the_pause);
    EXPECT_EQ(received(), "");
    EXPECT_EQ(asked_.size(), 2u);
  }
  late("too late");  // the reporter is gone
  EXPECT_EQ(received(MSG_DONTWAIT), "");
}

}  // namespace
}  // namespace kith::daemon
