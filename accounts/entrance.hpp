#pragma once
// What people do who are not logged in: registering, proving an e-mail address, getting back in. Made once by Accounts;
// what it is made from must outlive it. Thread-safe and blocking.

#include "accounts/email_changes.hpp"
#include "accounts/registry.hpp"

namespace kith::accounts {

class Entrance {
 public:
  Entrance(storage::Database& database, Registry& registry, Mailer& mailer, const core::Clock& clock,
           core::Random& random, const config::Config& config);

  EmailChanges& email_changes() { return email_changes_; }

 private:
  EmailChanges email_changes_;
};

}  // namespace kith::accounts
