#include "daemon/app/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

// systemd's side: a datagram socket with a path, or an abstract name behind '@'.
class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  std::string received() const {
    std::array<char, 4096> space{};
    const auto size = ::recv(socket_.get(), space.data(), space.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(space.data(), static_cast<std::size_t>(size));
  }

 private:
  UniqueFd socket_;
};

struct ServiceEnvironmentTest : testing::Test {
  ServiceEnvironmentTest() { clear(); }
  ~ServiceEnvironmentTest() override { clear(); }
  static void clear() {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
};

TEST_F(ServiceEnvironmentTest, IsTakenOutOfTheEnvironment) {
  ::setenv("NOTIFY_SOCKET", "/run/systemd/notify", 1);
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  const auto found = take_service_environment();
  EXPECT_EQ(found.notify_socket, "/run/systemd/notify");
  EXPECT_EQ(found.watchdog, std::chrono::seconds(3));
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
}

TEST_F(ServiceEnvironmentTest, LeavesOutWhatIsMeantForOthersOrMakesNoSense) {
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(take_service_environment().watchdog);
  for (const char* wrong : {"", "0", "-5", "3s", "99999999999999999999999"}) {
    ::setenv("WATCHDOG_USEC", wrong, 1);
    EXPECT_FALSE(take_service_environment().watchdog) << wrong;
  }
  ::setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
  EXPECT_EQ(take_service_environment().notify_socket, "");
}

TEST(ServiceManager, SpeaksToPathsAndAbstractNames) {
  const test::TempDir folder;
  const auto path = (folder.path() / "notify").string();
  for (const auto& name : {path, "@kith-test-" + std::to_string(::getpid())}) {
    const Listener systemd(name);
    const ServiceManager manager({name, {}});
    manager.ready();
    EXPECT_EQ(systemd.received(), "READY=1") << name;
    manager.stopping(std::chrono::seconds(60));
    EXPECT_EQ(systemd.received(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=60000000");
    manager.reloading();
    EXPECT_TRUE(systemd.received().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  }
}

TEST(ServiceManager, KeepsTheStatusToOneShortLine) {
  const test::TempDir folder;
  const auto path = (folder.path() / "notify").string();
  const Listener systemd(path);
  const ServiceManager manager({path, {}});
  manager.status("fine\nREADY=1");
  EXPECT_EQ(systemd.received(), "STATUS=fine");
  manager.status(std::string(10'000, 'x'));
  EXPECT_EQ(systemd.received().size(), ServiceManager::kLongestStatus + 7);
}

TEST(ServiceManager, DoesNotMindThatNobodyListens) {
  const ServiceManager nobody({"", {}});
  EXPECT_FALSE(nobody.present());
  nobody.ready();
  const ServiceManager gone({"/nonexistent/notify", {}});
  gone.ready();
  const ServiceManager too_long({"/" + std::string(300, 'x'), {}});
  too_long.ready();
}

}  // namespace
}  // namespace kith::daemon
