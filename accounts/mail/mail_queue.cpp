#include "accounts/mail/mail_queue.hpp"

namespace kith::accounts {

Expected<void> MailQueue::enqueue(storage::Transaction&, const Mail& mail) {
  return check_values(mail);
}

}  // namespace kith::accounts
