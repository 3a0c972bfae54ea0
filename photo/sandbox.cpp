#include "photo/sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "photo/limits.hpp"

namespace kith::photo {
namespace {

using core::Expected;

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr unsigned kArchitecture = AUDIT_ARCH_RISCV64;
#else
#error "photo/sandbox.cpp does not know this architecture: add its AUDIT_ARCH_ constant"
#endif

// Memory, threads of this process, clocks, and descriptors that are open.
constexpr unsigned kAllowed[] = {
    __NR_read,          __NR_pread64,         __NR_readv,        __NR_write,
    __NR_writev,        __NR_lseek,           __NR_fstat,        __NR_close,
    __NR_dup,           __NR_munmap,          __NR_mremap,       __NR_madvise,
    __NR_brk,           __NR_futex,           __NR_exit,         __NR_exit_group,
    __NR_rt_sigaction,  __NR_rt_sigprocmask,  __NR_rt_sigreturn, __NR_sigaltstack,
    __NR_gettid,        __NR_getpid,          __NR_sched_yield,  __NR_sched_getaffinity,
    __NR_clock_gettime, __NR_clock_nanosleep, __NR_nanosleep,    __NR_gettimeofday,
    __NR_getrandom,     __NR_set_robust_list, __NR_rseq,         __NR_restart_syscall,
#ifdef KITH_SANITIZED
    __NR_pipe2,  // how sanitizers find out what memory can be read
#ifdef __NR_pipe
    __NR_pipe,
#endif
#endif
#ifdef __NR_newfstatat
    __NR_newfstatat,  // fstat() of newer libraries; without a name it tells of an open descriptor
#endif
};

constexpr auto kNumberAt = static_cast<unsigned>(offsetof(seccomp_data, nr));
constexpr auto kArchitectureAt = static_cast<unsigned>(offsetof(seccomp_data, arch));
// The lower half of argument `n`; all architectures above are little-endian.
constexpr unsigned argument_at(unsigned n) {
  return static_cast<unsigned>(offsetof(seccomp_data, args)) + 8 * n;
}

using Program = std::vector<sock_filter>;

void add_load(Program& program, unsigned offset) {
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}
void add_answer(Program& program, unsigned answer) {
  program.push_back(BPF_STMT(BPF_RET | BPF_K, answer));
}
constexpr unsigned refuse_with(int number) {
  return SECCOMP_RET_ERRNO | (static_cast<unsigned>(number) & SECCOMP_RET_DATA);
}

// `call` goes through if the bits of `mask` in its argument `n` are `wanted`, and is refused otherwise.
void allow_if(Program& program, unsigned call, unsigned n, unsigned mask, unsigned wanted) {
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5));
  add_load(program, argument_at(n));
  program.push_back(BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wanted, 0, 1));
  add_answer(program, SECCOMP_RET_ALLOW);
  add_answer(program, refuse_with(EPERM));
}

Program make_filter() {
  Program program;
  add_load(program, kArchitectureAt);
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
  add_answer(program, SECCOMP_RET_KILL_PROCESS);
  add_load(program, kNumberAt);
  for (const unsigned call : kAllowed) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    add_answer(program, SECCOMP_RET_ALLOW);
  }
  allow_if(program, __NR_mmap, 2, PROT_EXEC, 0);
  allow_if(program, __NR_mprotect, 2, PROT_EXEC, 0);
  allow_if(program, __NR_clone, 0, CLONE_THREAD, CLONE_THREAD);
  // glibc then takes clone(), whose flags can be seen.
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_clone3, 0, 1));
  add_answer(program, refuse_with(ENOSYS));
  add_answer(program, refuse_with(EPERM));
  return program;
}

core::Unexpected failed(const char* what) {
  return core::fail(core::ErrorCode::internal, std::string(what) + ": " + std::strerror(errno));
}

// A second fence around files, for kernels that have it (5.13): a set of rules without any rule.
void forbid_files() {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
                            LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                            LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                            LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                            LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
  const auto set = static_cast<int>(syscall(__NR_landlock_create_ruleset, &rules, sizeof(rules.handled_access_fs), 0U));
  if (set < 0) return;
  (void)syscall(__NR_landlock_restrict_self, set, 0U);
  close(set);
}

Expected<void> limit(int resource, std::uint64_t most) {
  const rlimit both{most, most};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &both) != 0) return failed("a limit can't be set");
  return {};
}

}  // namespace

Expected<void> limit_process() {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failed("the parent's end can't be watched");
  if (syscall(__NR_close_range, 3U, ~0U, 0U) != 0) return failed("descriptors can't be closed");
#ifndef KITH_SANITIZED
  KITH_TRY(limit(RLIMIT_AS, kMaxMemory));  // sanitizers map all of the address space
#endif
  KITH_TRY(limit(RLIMIT_CPU, kMaxProcessorSeconds));
  KITH_TRY(limit(RLIMIT_FSIZE, 0));
  KITH_TRY(limit(RLIMIT_CORE, 0));
  (void)setpriority(PRIO_PROCESS, 0, kNiceness);
  return {};
}

Expected<void> enter_sandbox() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("privileges can't be given up");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return failed("others can't be kept out of the memory");
  forbid_files();
  auto filter = make_filter();
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
    return failed("system calls can't be forbidden");
  return {};
}

}  // namespace kith::photo
