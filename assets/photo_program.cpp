#include "assets/photo_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

namespace kith::assets {

namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using storage::Descriptor;

// How kith-photo ends (photo/main.cpp).
constexpr int kRefused = 3, kNoSandbox = 4;
constexpr int kNotLoaded = 127;  // what the dynamic linker ends with where a library is missing

std::string reason(int number) {
  return std::generic_category().message(number);
}

struct Pipe {
  Descriptor reading, writing;
};

Expected<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::busy, "no pipe: " + reason(errno));
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// What a new process is given: descriptors 0 to 2, no others, and no signal of ours blocked or ignored.
class SpawnPlan {
 public:
  SpawnPlan(int input, int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  Expected<pid_t> start(const std::string& program) const {
    std::string name = "kith-photo", language = "LC_ALL=C";
    char* const arguments[] = {name.data(), nullptr};
    char* const environment[] = {language.data(), nullptr};
    pid_t process = -1;
    const int failed = posix_spawn(&process, program.c_str(), &actions_, &attributes_, arguments, environment);
    if (failed != 0) return fail(ErrorCode::busy, program + " can't be started: " + reason(failed));
    return process;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

// One process, from its start to its end; dropped, it is killed.
class PhotoProgram::Run {
 public:
  Run(pid_t process, Descriptor answer, int stopped, steady_clock::time_point until)
      : process_(process),
        ended_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))),
        answer_(std::move(answer)),
        stopped_(stopped),
        until_(until) {}
  ~Run() {
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    wait();
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Everything it says, until it closes its end.
  Expected<std::string> read_all() {
    std::string answer;
    for (;;) {
      KITH_TRY(await(answer_.get()));
      char piece[16 * 1024];
      const auto count = ::read(answer_.get(), piece, sizeof piece);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(ErrorCode::internal, "the answer can't be read: " + reason(errno));
      if (count == 0) return answer;
      answer.append(piece, static_cast<std::size_t>(count));
      if (answer.size() > kMaxPhotoAnswer) return fail(ErrorCode::internal, "it says too much");
    }
  }

  // What it ended with; internal when a signal ended it.
  Expected<int> exit_code() {
    if (!ended_) return fail(ErrorCode::busy, "its end can't be watched: " + reason(errno));
    KITH_TRY(await(ended_.get()));
    const int status = wait();
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return fail(ErrorCode::internal, "it was ended by signal " + std::to_string(WTERMSIG(status)));
  }

 private:
  // busy once stop() was called, internal when time is up.
  Expected<void> await(int descriptor) const {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(until_ - steady_clock::now());
      if (left.count() <= 0) return fail(ErrorCode::internal, "it took too long");
      pollfd watched[] = {{descriptor, POLLIN, 0}, {stopped_, POLLIN, 0}};
      const int ready = ::poll(watched, std::size(watched), static_cast<int>(left.count()));
      if (ready < 0 && errno != EINTR) return fail(ErrorCode::internal, "poll: " + reason(errno));
      if (watched[1].revents != 0) return fail(ErrorCode::busy, "the daemon is stopping");
      if (ready > 0 && watched[0].revents != 0) return {};
    }
  }
  int wait() {
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return status;
  }

  pid_t process_;
  const Descriptor ended_;
  const Descriptor answer_;
  const int stopped_;
  const steady_clock::time_point until_;
};

PhotoProgram::PhotoProgram(std::filesystem::path program, core::Logger log, milliseconds patience)
    : program_(std::move(program)),
      log_(std::move(log)),
      patience_(patience),
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

std::filesystem::path PhotoProgram::beside_this_program() {
  std::error_code problem;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  for (const auto* place : {"kith-photo", "../libexec/kith/kith-photo"}) {
    const auto program = folder / place;
    if (!problem && ::access(program.c_str(), X_OK) == 0) return program.lexically_normal();
  }
  return {};
}

core::Unexpected PhotoProgram::unusable(const std::string& why) {
  if (!warned_.exchange(true)) log_.error("photos get no thumbnails: kith-photo can't be used", {{"detail", why}});
  return fail(ErrorCode::busy, why);
}

void PhotoProgram::stop() {
  (void)eventfd_write(stopped_.get(), 1);
}

Expected<ExaminedPhoto> PhotoProgram::examine(storage::BlobReader& photo) {
  if (program_.empty()) return unusable("it is not there: install it beside kithd");
  if (photo.file_descriptor() < 0) return unusable("this store has no files");
  KITH_TRY(photo.prove(0, photo.size()));
  KITH_TRY_ASSIGN(pipe, make_pipe());
  const SpawnPlan plan(photo.file_descriptor(), pipe.writing.get());
  auto process = plan.start(program_.string());
  if (!process) return unusable(process.error().detail);
  pipe.writing = Descriptor();  // or its end would never be seen
  Run run(*process, std::move(pipe.reading), stopped_.get(), steady_clock::now() + patience_);
  KITH_TRY_ASSIGN(answer, run.read_all());
  KITH_TRY_ASSIGN(code, run.exit_code());
  if (code == kNoSandbox) return unusable("this machine can't keep it away from the rest: seccomp is missing");
  if (code == kNotLoaded) return unusable("it does not start: is libvips installed?");
  if (code == kRefused) return fail(ErrorCode::unsupported_media_type, "it is no photo that can be shown");
  if (code != 0) return fail(ErrorCode::internal, "it ended with " + std::to_string(code));
  auto examined = parse_photo_answer(answer);
  if (!examined) return fail(ErrorCode::internal, "its answer makes no sense: " + examined.error().detail);
  return examined;
}

}  // namespace kith::assets
