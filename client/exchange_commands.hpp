#pragma once
// `kith exchange …`: what each command does once the command line is understood. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/account.hpp"
#include "client/output.hpp"
#include "core/error.hpp"

namespace kith::client {

struct ExchangeTerms {
  std::optional<std::int64_t> expires_in;  // seconds
  std::optional<std::string> note;
  bool password_stdin = false;
};

struct SendCommand {
  ExchangeTerms terms;
  std::vector<std::string> files;
  std::optional<int> max_downloads;
  bool encrypt = false;
};

struct RequestCommand {
  ExchangeTerms terms;
  std::optional<int> max_files;
  std::optional<std::uint64_t> max_size;
};

// For people who have nothing but a link; "-" is one on standard input.
struct GetCommand {
  std::string link;
  std::string folder = ".";
  bool password_stdin = false;
};

struct PutCommand {
  std::string link;
  std::vector<std::string> files;
  bool password_stdin = false;
};

[[nodiscard]] core::Expected<void> send(const SendCommand& command, const AccountOptions& account,
                                        const Output& output);
[[nodiscard]] core::Expected<void> request(const RequestCommand& command, const AccountOptions& account,
                                           const Output& output);
[[nodiscard]] core::Expected<void> get(const GetCommand& command, const Output& output);
[[nodiscard]] core::Expected<void> put(const PutCommand& command, const Output& output);

}  // namespace kith::client
