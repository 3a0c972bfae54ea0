// Put before a program by LD_PRELOAD: what it writes below one folder fails on command.
//
// FAILING_DISK_ROOT names the folder, FAILING_DISK_CONTROL a file of three 64-bit numbers that the test maps too: the
// errno to fail with (0: all is well), how many more calls succeed, and how many calls were counted. A call that failed
// did nothing. Only what changes a disk is counted: writes, syncs, new files and folders, renames.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Control {
  std::atomic<std::int64_t> error, left, counted;
};

Control* map_control() {
  const char* path = std::getenv("FAILING_DISK_CONTROL");
  const int file = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return nullptr;
  void* memory = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<Control*>(memory);
}

Control* control() {
  static Control* const mapped = map_control();
  return mapped;
}

bool is_below_root(int file) {
  static const char* const root = std::getenv("FAILING_DISK_ROOT");
  char link[64];
  char path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const auto length = ::readlink(link, path, sizeof path - 1);
  if (root == nullptr || length <= 0) return false;
  path[length] = '\0';
  return std::strncmp(path, root, std::strlen(root)) == 0;
}

bool is_below_root(int folder, const char* path) {
  static const char* const root = std::getenv("FAILING_DISK_ROOT");
  if (path[0] == '/') return root != nullptr && std::strncmp(path, root, std::strlen(root)) == 0;
  return folder != AT_FDCWD && is_below_root(folder);
}

// Counts a call; true, with errno set, when it is to fail.
bool fails(bool concerned) {
  auto* const c = control();
  if (c == nullptr || c->error == 0 || !concerned) return false;
  ++c->counted;
  if (c->left-- > 0) return false;
  errno = static_cast<int>(c->error);
  return true;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  static const auto next = real<int (*)(int, const char*, int, ...)>("openat64");
  if ((flags & O_CREAT) != 0 && fails(is_below_root(folder, path))) return -1;
  return next(folder, path, flags, mode);
}

}  // namespace

#define NEXT(name, type) static const auto next = real<type>(name)
#define MODE_OF(flags, last)                            \
  mode_t mode = 0;                                      \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {         \
    va_list rest;                                       \
    va_start(rest, last);                               \
    mode = static_cast<mode_t>(va_arg(rest, unsigned)); \
    va_end(rest);                                       \
  }

#pragma GCC visibility push(default)
extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  NEXT("write", ssize_t(*)(int, const void*, size_t));
  return fails(is_below_root(file)) ? -1 : next(file, bytes, count);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  NEXT("pwrite64", ssize_t(*)(int, const void*, size_t, off_t));
  return fails(is_below_root(file)) ? -1 : next(file, bytes, count, offset);
}
ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t offset) {
  return pwrite(file, bytes, count, offset);
}
int fsync(int file) {
  NEXT("fsync", int (*)(int));
  return fails(is_below_root(file)) ? -1 : next(file);
}
int fdatasync(int file) {
  NEXT("fdatasync", int (*)(int));
  return fails(is_below_root(file)) ? -1 : next(file);
}
int ftruncate(int file, off_t size) noexcept {
  NEXT("ftruncate64", int (*)(int, off_t));
  return fails(is_below_root(file)) ? -1 : next(file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  return ftruncate(file, size);
}
int open(const char* path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_at(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
  MODE_OF(flags, flags)
  return open_at(folder, path, flags, mode);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  NEXT("mkdirat", int (*)(int, const char*, mode_t));
  return fails(is_below_root(folder, path)) ? -1 : next(folder, path, mode);
}
int renameat(int from, const char* old_path, int to, const char* new_path) noexcept {
  NEXT("renameat", int (*)(int, const char*, int, const char*));
  return fails(is_below_root(to, new_path)) ? -1 : next(from, old_path, to, new_path);
}

}  // extern "C"
#pragma GCC visibility pop
