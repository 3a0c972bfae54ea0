#pragma once
// Who somebody is to which server: what `kith login` stored, or what is given for one command. One thread.
//
// It is looked for in this order, the server and the token each for itself: --server and --token-file; the
// environment's KITH_SERVER and KITH_TOKEN; the file account.json. A stored token goes to its own server only.

#include <optional>
#include <string>

#include "core/error.hpp"

namespace kith::client {

// As given on the command line; empty: not given.
struct AccountOptions {
  std::string server;
  std::string token_file;
};

struct Account {
  std::string server;    // https://host:port, without a slash at the end
  std::string token;     // never shown
  std::string user;      // alice@a.example; empty when it was not stored
  std::string token_id;  // on the server; empty when it was not stored
};

// unauthorized, saying how to log in, when there is none.
[[nodiscard]] core::Expected<Account> find_account(const AccountOptions& options);

// $XDG_CONFIG_HOME/kith/account.json, or ~/.config/kith/account.json; internal when there is no home.
[[nodiscard]] core::Expected<std::string> account_file();
// What is stored; nothing when there is no file. forbidden when others may read it: then its token may be known.
enum class Privacy { required, not_asked };
[[nodiscard]] core::Expected<std::optional<Account>> stored_account(const std::string& path,
                                                                    Privacy privacy = Privacy::required);
// Writes the file, 0600, in a folder of 0700; the one before is replaced at once or stays.
[[nodiscard]] core::Expected<void> store_account(const std::string& path, const Account& account);
// True if there was one.
[[nodiscard]] core::Expected<bool> forget_account(const std::string& path);

}  // namespace kith::client
