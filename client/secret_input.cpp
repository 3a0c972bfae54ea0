#include "client/secret_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "client/limits.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

// The terminal, with its echo as wanted as long as this lives.
class Terminal {
 public:
  explicit Terminal(Echo echo) : file_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    works_ = file_ >= 0 && ::tcgetattr(file_, &before_) == 0;
    if (!works_ || echo == Echo::shown) return;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    works_ = is_quiet_ = ::tcsetattr(file_, TCSAFLUSH, &quiet) == 0;
  }
  ~Terminal() {
    if (is_quiet_) ::tcsetattr(file_, TCSAFLUSH, &before_);
    if (file_ >= 0) ::close(file_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool works() const { return works_; }
  bool is_quiet() const { return is_quiet_; }
  void say(std::string_view text) const {
    if (::write(file_, text.data(), text.size()) < 0) return;  // then nobody is told
  }
  // Empty when it was interrupted.
  std::string line(Interruption& interruption) const {
    std::string out;
    for (char letter = 0; out.size() < kMaxSecretLine;) {
      pollfd waited[] = {{file_, POLLIN, 0}, {interruption.descriptor(), POLLIN, 0}};
      if (::poll(waited, 2, -1) < 0 || interruption.came()) return {};
      if (::read(file_, &letter, 1) != 1 || letter == '\n') break;
      out.push_back(letter);
    }
    return out;
  }

 private:
  int file_;
  bool works_ = false, is_quiet_ = false;
  termios before_{};
};

}  // namespace

Expected<std::string> read_secret_line(const std::string& what) {
  std::string line;
  std::getline(std::cin, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > kMaxSecretLine)
    return core::fail(ErrorCode::bad_request, "There is no " + what + " on standard input.");
  return line;
}

Expected<std::string> ask_for_password(Interruption& interruption) {
  auto password = ask_at_terminal("Password: ", Echo::hidden, interruption);
  if (!password)
    return core::fail(ErrorCode::password_required, "A password is needed: give it with --password-stdin.");
  if (password->empty()) return core::fail(ErrorCode::password_required, "A password is needed.");
  return std::move(*password);
}

std::optional<std::string> ask_at_terminal(const std::string& question, Echo echo, Interruption& interruption) {
  const Terminal terminal(echo);
  if (!terminal.works() || ::isatty(STDIN_FILENO) != 1) return std::nullopt;
  terminal.say(question);
  auto line = terminal.line(interruption);
  if (terminal.is_quiet()) terminal.say("\n");
  return line;
}

Expected<std::string> read_auth_token(const std::string& token_file) {
  std::string token;
  if (!token_file.empty()) {
    std::ifstream in(token_file);
    if (!in) return core::fail(ErrorCode::not_found, "Can't read " + printable(token_file) + ".");
    std::getline(in, token);
  } else if (const char* set = std::getenv("KITH_TOKEN")) {
    token = set;
  }
  while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
  if (token.empty())
    return core::fail(ErrorCode::unauthorized,
                      "Log in first: put your token into the environment variable KITH_TOKEN, or into a file and name "
                      "that with --token-file.");
  const bool is_clean = token.find_first_of(std::string_view("\r\n\0 ", 4)) == token.npos;
  if (!is_clean || token.size() > kMaxSecretLine) return core::fail(ErrorCode::bad_request, "This is no token.");
  return token;
}

}  // namespace kith::client
