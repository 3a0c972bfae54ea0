#include "accounts/mail/mail_queue.hpp"

#include <algorithm>

#include "accounts/mail/encoded_text.hpp"
#include "accounts/mail/limits.hpp"
#include "accounts/mail/texts.hpp"
#include "core/encoding.hpp"
#include "core/id.hpp"

namespace kith::accounts {

using core::ErrorCode;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPurpose = "mail";
// A clock that was set back must not hold a mail up for longer than any pause.
constexpr auto kLongestPause = mail_limits::kPauses.back();

core::Timestamp pause_end(core::Timestamp now, int attempts) {
  const auto& pauses = mail_limits::kPauses;
  return now + pauses.at(std::min(static_cast<std::size_t>(attempts), pauses.size() - 1));
}

// Addresses are nobody's business but their owners'; the domain helps to find what is wrong.
std::string domain_of(const std::string& address) {
  const auto at = address.rfind('@');
  return at == std::string::npos ? std::string() : address.substr(at + 1);
}

Expected<std::int64_t> count(storage::Reader& reader, std::string_view sql,
                             std::initializer_list<storage::Value> values) {
  std::int64_t number = 0;
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    number = row.integer(0);
    return false;
  }));
  return number;
}

}  // namespace

void MailQueue::write_as(std::string from, TextCoding coding) {
  const std::lock_guard lock(mutex_);
  from_ = std::move(from);
  coding_ = coding;
}

bool MailQueue::to_mail_server() {
  const std::lock_guard lock(mutex_);
  return coding_ == TextCoding::seven_bit;
}

Expected<void> MailQueue::enqueue(storage::Transaction& transaction, const Mail& mail) {
  KITH_TRY_ASSIGN(text, mail_text(mail, parts_.instance_name()));
  const auto now = parts_.clock.now();
  const auto id = core::make_ulid(parts_.clock, parts_.random);
  const auto [from, coding] = [this] {
    const std::lock_guard lock(mutex_);
    return std::pair(from_, coding_);
  }();
  KITH_TRY_ASSIGN(message, to_rfc5322({id, now, from, on_one_line(parts_.instance_name(), mail_limits::kLongestValue),
                                       mail.to, text.subject, text.body},
                                      coding));
  const auto sealed = parts_.vault.seal(kPurpose, id, core::as_bytes(message));
  if (sealed.size() > mail_limits::kLargestSealed) return core::fail(ErrorCode::too_large, "this mail is too long");
  KITH_TRY_ASSIGN(over, is_over_limits(transaction, mail));
  if (over) return {};
  KITH_TRY(
      transaction.execute("INSERT INTO mails (id, recipient, kind, sealed, created_at, due_at, give_up_at) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?)",
                          {id, mail.to, mail_kind_name(mail.kind), sealed, now, now, now + mail_limits::kGiveUpAfter}));
  KITH_TRY(remember(transaction, mail));
  if (wake_) wake_();
  return {};
}

Expected<bool> MailQueue::is_over_limits(storage::Transaction& transaction, const Mail& mail) {
  const auto now = parts_.clock.now();
  const auto kind = mail_kind_name(mail.kind);
  KITH_TRY(transaction.execute("DELETE FROM mails_sent WHERE at <= ? OR at > ?", {now - 24h, now + 24h}));
  KITH_TRY_ASSIGN(alike,
                  count(transaction, "SELECT count(*) FROM mails_sent WHERE recipient = ? AND at > ? AND kind = ?",
                        {mail.to, now - 1h, kind}));
  KITH_TRY_ASSIGN(today, count(transaction, "SELECT count(*) FROM mails_sent WHERE recipient = ?", {mail.to}));
  KITH_TRY_ASSIGN(by_anybody,
                  count(transaction, "SELECT count(*) FROM mails_sent WHERE recipient = ? AND notice = 0", {mail.to}));
  KITH_TRY_ASSIGN(but_resets,
                  count(transaction, "SELECT count(*) FROM mails_sent WHERE recipient = ? AND notice = 0 AND kind <> ?",
                        {mail.to, mail_kind_name(MailKind::password_reset)}));
  const bool reset = mail.kind == MailKind::password_reset;
  const bool too_many_by_anybody =
      by_anybody >= mail_limits::kMostByAnybodyADay || (!reset && but_resets >= mail_limits::kMostButResetsADay);
  const bool too_many_today = today >= mail_limits::kMostADay || (!is_notice(mail.kind) && too_many_by_anybody);
  KITH_TRY_ASSIGN(all_today, count(transaction, "SELECT count(*) FROM mails_sent", {}));
  KITH_TRY_ASSIGN(waiting, count(transaction, "SELECT count(*) FROM mails", {}));
  const char* why = alike >= mail_limits::kMostOfOneKindAnHour  ? "too many of this kind within an hour"
                    : too_many_today                            ? "too many within a day"
                    : all_today >= mail_limits::kMostRemembered ? "too many to all addresses within a day"
                    : waiting >= mail_limits::kMostWaiting      ? "too many wait for the mail server"
                                                                : nullptr;
  if (why != nullptr)
    parts_.log.warning("a mail was dropped", {{"kind", kind}, {"domain", domain_of(mail.to)}, {"why", why}});
  return why != nullptr;
}

Expected<void> MailQueue::remember(storage::Transaction& transaction, const Mail& mail) {
  KITH_TRY(transaction.execute("INSERT INTO mails_sent (recipient, kind, notice, at) VALUES (?, ?, ?, ?)",
                               {mail.to, mail_kind_name(mail.kind), is_notice(mail.kind), parts_.clock.now()}));
  return {};
}

Expected<std::optional<WaitingMail>> MailQueue::next() {
  // A transaction that writes, for those wait for one another: the one that woke us is through then.
  return parts_.database.write_for<std::optional<WaitingMail>>([&](storage::Transaction& transaction)
                                                                   -> Expected<std::optional<WaitingMail>> {
    const auto now = parts_.clock.now();
    std::optional<WaitingMail> mail;
    core::Bytes sealed;
    KITH_TRY(transaction.query(
        "SELECT id, recipient, kind, sealed, created_at, give_up_at, attempts FROM mails "
        "WHERE due_at <= ? OR due_at > ? ORDER BY due_at, rowid LIMIT 1",
        {now, now + kLongestPause}, [&](const storage::Row& row) {
          sealed = row.blob(3);
          mail = WaitingMail{
              row.text(0), row.text(1), row.text(2), {}, row.time(4), row.time(5), static_cast<int>(row.integer(6))};
          return false;
        }));
    if (!mail) return mail;
    auto message = parts_.vault.open_sealed(kPurpose, mail->id, sealed);
    if (message) {
      mail->message = core::as_text(*message);
      return mail;
    }
    parts_.log.error("a mail that can't be read was dropped",
                     {{"kind", mail->kind}, {"detail", message.error().detail}});
    KITH_TRY(remove(transaction, mail->id));
    return std::nullopt;
  });
}

Expected<std::optional<core::Timestamp>> MailQueue::next_due() {
  return parts_.database.read_for<std::optional<core::Timestamp>>(
      [&](storage::Reader& reader) -> Expected<std::optional<core::Timestamp>> {
        std::optional<core::Timestamp> due;
        KITH_TRY(reader.query("SELECT min(due_at) FROM mails", {}, [&](const storage::Row& row) {
          due = row.optional_time(0);
          return false;
        }));
        return due;
      });
}

Expected<void> MailQueue::settle(const WaitingMail& mail, const Delivery& delivery) {
  using Kind = Delivery::Kind;
  if (delivery.kind == Kind::stopped) return {};
  const bool given_up =
      delivery.kind == Kind::refused || (delivery.kind != Kind::delivered && parts_.clock.now() >= mail.give_up_at);
  KITH_TRY(parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    if (delivery.kind != Kind::delivered && !given_up) return put_off(transaction, mail, delivery);
    KITH_TRY(remove(transaction, mail.id));
    if (delivery.kind == Kind::delivered)
      KITH_TRY(transaction.execute("UPDATE mails SET due_at = min(due_at, ?), held_up = 0 WHERE held_up = 1",
                                   {parts_.clock.now()}));
    return {};
  }));
  const auto domain = domain_of(mail.recipient);
  const auto tell = [&](const char* what) {
    parts_.log.warning(what, {{"kind", mail.kind}, {"domain", domain}, {"detail", delivery.error}});
  };
  if (delivery.kind == Kind::delivered) parts_.log.info("a mail went out", {{"kind", mail.kind}, {"domain", domain}});
  if (given_up) tell("a mail was given up");
  if (delivery.kind == Kind::again && !given_up) tell("a mail was not taken, and will be tried again");
  note_error(delivery.kind == Kind::delivered ? std::nullopt : std::optional(delivery.error));
  return {};
}

Expected<void> MailQueue::put_off(storage::Transaction& transaction, const WaitingMail& mail,
                                  const Delivery& delivery) {
  const auto now = parts_.clock.now();
  KITH_TRY(transaction.execute(
      "UPDATE mails SET due_at = ?, attempts = attempts + 1, tried_at = ?, held_up = ?, "
      "last_error = ? WHERE id = ?",
      {pause_end(now, mail.attempts), now, delivery.kind == Delivery::Kind::held_up, delivery.error, mail.id}));
  return {};
}

Expected<void> MailQueue::remove(storage::Transaction& transaction, const std::string& id) {
  KITH_TRY(transaction.execute("DELETE FROM mails WHERE id = ?", {id}));
  return {};
}

void MailQueue::note_error(std::optional<std::string> error) {
  std::lock_guard lock(mutex_);
  last_error_ = std::move(error);
}

Expected<MailQueueState> MailQueue::state() {
  return parts_.database.read_for<MailQueueState>([&](storage::Reader& reader) -> Expected<MailQueueState> {
    MailQueueState state;
    KITH_TRY(reader.query("SELECT count(*), min(created_at) FROM mails", {}, [&](const storage::Row& row) {
      state.waiting = row.integer(0);
      state.oldest_at = row.optional_time(1);
      return false;
    }));
    KITH_TRY(reader.query("SELECT last_error FROM mails WHERE last_error IS NOT NULL ORDER BY tried_at DESC LIMIT 1",
                          {}, [&](const storage::Row& row) {
                            state.last_error = row.text(0);
                            return false;
                          }));
    std::lock_guard lock(mutex_);
    if (!state.last_error) state.last_error = last_error_;
    return state;
  });
}

}  // namespace kith::accounts
