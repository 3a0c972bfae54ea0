#include "client/question.hpp"

#include <poll.h>
#include <unistd.h>

#include <iostream>

#include "core/encoding.hpp"

namespace kith::client {
namespace {

constexpr int kTries = 3;
constexpr std::size_t kMaxAnswer = 100;

// One line of standard input, which std::cin has read nothing of; nothing when it ended or was interrupted.
std::optional<std::string> read_line(Interruption& interruption) {
  std::string line;
  for (char letter = 0; line.size() < kMaxAnswer;) {
    pollfd waited[] = {{STDIN_FILENO, POLLIN, 0}, {interruption.descriptor(), POLLIN, 0}};
    if (::poll(waited, 2, -1) < 0 || interruption.came()) return std::nullopt;
    if (::read(STDIN_FILENO, &letter, 1) != 1) return std::nullopt;
    if (letter == '\n') break;
    line.push_back(letter);
  }
  return line;
}

}  // namespace

bool can_ask() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

std::optional<bool> yes_or_no(std::string_view answer) {
  while (answer.ends_with(' ') || answer.ends_with('\r')) answer.remove_suffix(1);
  while (answer.starts_with(' ')) answer.remove_prefix(1);
  const auto lower = core::to_lower_ascii(answer);
  if (lower == "yes" || lower == "y") return true;
  if (lower == "no" || lower == "n") return false;
  return std::nullopt;
}

core::Expected<bool> ask_yes_or_no(std::string_view question, Interruption& interruption) {
  for (int tries = 0; tries < kTries; ++tries) {
    std::cerr << question << " [yes/no] " << std::flush;
    const auto line = read_line(interruption);
    if (!line) break;
    if (const auto answer = yes_or_no(*line)) return *answer;
  }
  std::cerr << std::endl;
  return core::fail(core::ErrorCode::conflict, "There was no answer, so nothing was changed.");
}

}  // namespace kith::client
