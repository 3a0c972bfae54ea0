#pragma once
// kith connect, connections, approve, reject, words, disconnect: how people of two servers come to trust each other.
// One thread.

#include <optional>
#include <string>

#include "client/account.hpp"
#include "client/output.hpp"

namespace kith::client {

struct ConnectCommand {
  std::string whom;  // an address, an invite link, or "-" for a link on standard input
  std::string purpose;
  bool wait = false;
};

struct ConnectionsCommand {
  bool pending = false;  // only requests that wait for one's answer
  bool all = false;      // those that have ended too
};

struct ApproveCommand {
  std::string who;
  std::string fingerprint;  // empty: asked for at the terminal
  bool wait = false;
};

struct WordsCommand {
  std::string who;
  std::optional<bool> match;  // nothing: asked for at the terminal, else only shown
};

struct DisconnectCommand {
  std::string who;
  bool yes = false;  // no question
};

using Done = core::Expected<void>;
[[nodiscard]] Done connect(const ConnectCommand& command, const AccountOptions& account, const Output& output);
[[nodiscard]] Done connections(const ConnectionsCommand& command, const AccountOptions& account, const Output& output);
[[nodiscard]] Done approve(const ApproveCommand& command, const AccountOptions& account, const Output& output);
[[nodiscard]] Done reject(const std::string& who, const AccountOptions& account, const Output& output);
[[nodiscard]] Done words(const WordsCommand& command, const AccountOptions& account, const Output& output);
[[nodiscard]] Done disconnect(const DisconnectCommand& command, const AccountOptions& account, const Output& output);

}  // namespace kith::client
