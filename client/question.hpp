#pragma once
// Questions to whoever sits at the terminal. One thread.

#include <optional>
#include <string_view>

#include "client/interruption.hpp"
#include "core/error.hpp"

namespace kith::client {

// Standard input and standard error are a terminal: somebody sees a question and can answer it.
bool can_ask();
// True for "yes" and "y", false for "no" and "n"; asks again for anything else, three times. conflict when there is no
// answer: then nothing was decided. `question` is printable.
[[nodiscard]] core::Expected<bool> ask_yes_or_no(std::string_view question, Interruption& interruption);

// What an answer means; nothing when it is none. Pure.
std::optional<bool> yes_or_no(std::string_view answer);

}  // namespace kith::client
