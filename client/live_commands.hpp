#pragma once
// `kith live …`: what each command does once the command line is understood. One thread; it starts others, which end
// with the command.

#include <cstdint>
#include <string>
#include <vector>

#include "client/account.hpp"
#include "client/output.hpp"
#include "core/error.hpp"

namespace kith::client {

// "-" among the files is standard input, which is then the only one.
struct LiveSendCommand {
  std::vector<std::string> files;
  std::string name = "stdin";  // of standard input
  bool once = false;           // until each file was received
  bool quiet = false;
};

// For people who have nothing but a link; "-" is one on standard input.
struct LiveReceiveCommand {
  std::string link;
  std::string folder = ".";        // "-": standard output
  std::vector<std::size_t> files;  // counted from 1; none: all
  bool quiet = false;
};

[[nodiscard]] core::Expected<void> live_send(const LiveSendCommand& command, const AccountOptions& account,
                                             const Output& output);
[[nodiscard]] core::Expected<void> live_receive(const LiveReceiveCommand& command, const Output& output);

}  // namespace kith::client
