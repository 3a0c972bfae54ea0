// What a process in the sandbox can't do: each is tried in a child, which says what came of it by its exit code.
#include "photo/sandbox.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <thread>

namespace kith::photo {
namespace {

constexpr int kRefusedBySandbox = 40, kDone = 41, kNoSandbox = 42;

// In the sandbox, whether `act` was refused.
int outcome(const std::function<bool()>& act) {
  const pid_t child = fork();
  if (child == 0) {
    if (!limit_process() || !enter_sandbox()) _exit(kNoSandbox);
    _exit(act() ? kDone : kRefusedBySandbox);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

TEST(Sandbox, LetsNothingOut) {
  EXPECT_EQ(outcome([] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return execl("/bin/true", "true", nullptr) == 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return fork() >= 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return kill(getppid(), 0) == 0; }), kRefusedBySandbox);
}

TEST(Sandbox, LetsNoFileBeOpenedMadeOrRemoved) {
  EXPECT_EQ(outcome([] { return open("/etc/hostname", O_RDONLY) >= 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([] { return mkdir("/tmp/kith-sandbox", 0700) == 0; }), kRefusedBySandbox);
  char name[] = "/tmp/kith-sandbox-XXXXXX";
  const int file = mkstemp(name);
  EXPECT_EQ(outcome([&] { return unlink(name) == 0; }), kRefusedBySandbox);
  EXPECT_EQ(outcome([&] { return chmod(name, 0777) == 0; }), kRefusedBySandbox);
  EXPECT_EQ(unlink(name), 0) << "it is still there";
  close(file);
  EXPECT_EQ(outcome([] { return memfd_create("x", 0) >= 0; }), kRefusedBySandbox);
}

TEST(Sandbox, LetsNoCodeBeMade) {
  EXPECT_EQ(outcome([] {
              return mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                     MAP_FAILED;
            }),
            kRefusedBySandbox);
}

TEST(Sandbox, LeavesMemoryAndThreadsAlone) {
  EXPECT_EQ(outcome([] {
              std::vector<char> memory(32u << 20, 'x');
              int sum = 0;
              std::thread([&] { sum = memory.back(); }).join();
              return sum == 'x';
            }),
            kDone);
}

TEST(Sandbox, ClosesWhatWasLeftOpen) {
  const int left = open("/dev/null", O_RDONLY);
  ASSERT_GE(left, 3);
  EXPECT_EQ(outcome([left] {
              char byte = 0;
              return read(left, &byte, 1) >= 0 || errno != EBADF;
            }),
            kRefusedBySandbox);
  close(left);
}

TEST(Sandbox, GivesMemoryUpToALimit) {
#ifdef KITH_SANITIZED
  GTEST_SKIP() << "sanitizers need all of the address space";
#endif
  EXPECT_EQ(outcome([] {
              return mmap(nullptr, 2ull << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                     MAP_FAILED;
            }),
            kRefusedBySandbox);
}

}  // namespace
}  // namespace kith::photo
