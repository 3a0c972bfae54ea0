#pragma once
// `kith ls`, `put`, `get` and `rm`: what each does once the command line is understood. One thread.

#include <optional>
#include <string>
#include <vector>

#include "client/account.hpp"
#include "client/output.hpp"
#include "core/error.hpp"

namespace kith::client {

struct LsCommand {
  std::string what;                 // a part of a name, a pattern, or @PERSON
  std::optional<std::string> from;  // a person
  bool shared = false;              // what everybody shares
  bool is_long = false;
};

struct PutFilesCommand {
  std::vector<std::string> files;  // "-": standard input
  std::optional<std::string> name;
  bool recursive = false;
  bool quiet = false;
};

struct GetFilesCommand {
  std::vector<std::string> names;
  std::optional<std::string> from;
  std::string folder = ".";  // "-": standard output
  bool force = false;
  bool quiet = false;
};

struct RmCommand {
  std::vector<std::string> names;
  bool yes = false;
  bool undo = false;
};

[[nodiscard]] core::Expected<void> list_files(const LsCommand& command, const AccountOptions& account,
                                              const Output& output);
[[nodiscard]] core::Expected<void> put_files(const PutFilesCommand& command, const AccountOptions& account,
                                             const Output& output);
[[nodiscard]] core::Expected<void> get_files(const GetFilesCommand& command, const AccountOptions& account,
                                             const Output& output);
[[nodiscard]] core::Expected<void> remove_files(const RmCommand& command, const AccountOptions& account,
                                                const Output& output);

}  // namespace kith::client
