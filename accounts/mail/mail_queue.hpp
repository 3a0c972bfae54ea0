#pragma once
// Mails that wait for the mail server, in the database: written down in the transaction that makes their token, tried,
// and tried again with growing pauses, across restarts. What they say holds tokens, so it is sealed with the master
// key.
//
// A mail may be sent twice when the daemon dies between sending it and noting that; none is lost. MailSender is who
// sends. Thread-safe; what it is made from must outlive it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "accounts/mail/delivery.hpp"
#include "accounts/mail/mailer.hpp"
#include "accounts/mail/message.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/key_vault.hpp"

namespace kith::accounts {

// A mail that is due.
struct WaitingMail {
  std::string id;
  std::string recipient;
  std::string kind;
  std::string message;  // as to_rfc5322 makes it
  core::Timestamp created_at{};
  core::Timestamp give_up_at{};
  int attempts = 0;  // before this one
};

struct MailQueueState {
  std::int64_t waiting = 0;
  std::optional<core::Timestamp> oldest_at;  // when the oldest of them was written
  std::optional<std::string> last_error;     // of the last try, when it failed
};

class MailQueue final : public Mailer {
 public:
  struct Parts {
    storage::Database& database;
    const storage::KeyVault& vault;
    const core::Clock& clock;
    core::Random& random;
    core::Logger log;
    std::string from;                            // an e-mail address
    std::function<std::string()> instance_name;  // as it is right now
    TextCoding coding = TextCoding::seven_bit;
  };
  explicit MailQueue(Parts parts) : parts_(std::move(parts)), from_(parts_.from), coding_(parts_.coding) {}

  Expected<void> enqueue(storage::Transaction& transaction, const Mail& mail) override;
  // For mails written from now on.
  void write_as(std::string from, TextCoding coding);
  // Whether a mail server gets them, which is what seven bits are for, rather than a folder.
  bool to_mail_server();
  // Called from any thread when a mail comes; must not block, and be set before the first one. The mail's transaction
  // still runs then; next() waits for its end.
  void on_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  // A mail that is due, the one that is longest so.
  [[nodiscard]] Expected<std::optional<WaitingMail>> next();
  // When next() has something.
  [[nodiscard]] Expected<std::optional<core::Timestamp>> next_due();
  // What became of a try: the mail goes, or is due again later. Once one got through, what only waits for the server is
  // due at once.
  [[nodiscard]] Expected<void> settle(const WaitingMail& mail, const Delivery& delivery);

  [[nodiscard]] Expected<MailQueueState> state();

 private:
  Expected<bool> is_over_limits(storage::Transaction& transaction, const Mail& mail);
  Expected<void> remember(storage::Transaction& transaction, const Mail& mail);
  Expected<void> put_off(storage::Transaction& transaction, const WaitingMail& mail, const Delivery& delivery);
  Expected<void> remove(storage::Transaction& transaction, const std::string& id);
  void note_error(std::optional<std::string> error);

  const Parts parts_;
  std::function<void()> wake_;
  std::mutex mutex_;  // guards the three below
  std::string from_;
  TextCoding coding_;
  std::optional<std::string> last_error_;  // of a mail that is gone
};

}  // namespace kith::accounts
