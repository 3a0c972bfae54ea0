#pragma once
// `kith live …`: what each command does once the command line is understood. One thread starts it; see live_send.hpp
// and live_receive.hpp for those it starts itself.

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
  bool once = false;
  bool no_qr = false;
};

[[nodiscard]] core::Expected<void> live_send(const LiveSendCommand& command, const AccountOptions& account,
                                             const Output& output);

}  // namespace kith::client
