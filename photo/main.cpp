// kith-photo: reads one photo on descriptor 0, writes what it is and its thumbnails to descriptor 1, and ends. kithd
// starts it, one photo a process, so that nothing a stranger's photo does to a decoder happens inside of the daemon.

#include <unistd.h>

#include "photo/answer.hpp"
#include "photo/decoder.hpp"
#include "photo/sandbox.hpp"

namespace {

// assets/photo_program.cpp knows these.
constexpr int kDone = 0;
constexpr int kRefused = 3;    // no photo that can be read; trying again is of no use
constexpr int kNoSandbox = 4;  // nothing was read: this machine can't keep the program in

bool write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void complain(const kith::core::Error& error) {
  const auto line = error.detail + "\n";
  (void)!write(STDERR_FILENO, line.data(), line.size());
}

int run(const char* program) {
  using namespace kith::photo;
  if (const auto done = limit_process(); !done) return complain(done.error()), kNoSandbox;
  if (const auto done = begin_decoding(program); !done) return complain(done.error()), kNoSandbox;
  if (const auto done = enter_sandbox(); !done) return complain(done.error()), kNoSandbox;
  (void)lseek(STDIN_FILENO, 0, SEEK_SET);  // whoever opened it may have read some
  const auto photo = read_photo(STDIN_FILENO);
  if (!photo) return complain(photo.error()), kRefused;
  return write_all(render_answer(*photo)) ? kDone : kRefused;
}

}  // namespace

int main(int, char** arguments) {
  // Without tearing libraries down, which takes longer than it is of use.
  _exit(run(arguments[0]));
}
