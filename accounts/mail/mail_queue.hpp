#pragma once
// Mails that wait for their transaction to be committed and for the mail server, in the database.

#include "accounts/mail/mailer.hpp"

namespace kith::accounts {

class MailQueue final : public Mailer {
 public:
  Expected<void> enqueue(storage::Transaction& transaction, const Mail& mail) override;
};

}  // namespace kith::accounts
