#pragma once
// Keeps mails for the test to look at, in the place of sending them. A mail of a transaction that was rolled back is
// kept too. Thread-safe.

#include <mutex>
#include <string>
#include <vector>

#include "accounts/mail/mailer.hpp"

namespace kith::test {

class RecordingMailer final : public accounts::Mailer {
 public:
  core::Expected<void> enqueue(storage::Transaction&, const accounts::Mail& mail) override {
    KITH_TRY(accounts::check_values(mail));
    std::lock_guard lock(mutex_);
    mails_.push_back(mail);
    return {};
  }

  // All mails so far, oldest first.
  std::vector<accounts::Mail> mails() const {
    std::lock_guard lock(mutex_);
    return mails_;
  }
  // Those of one kind, or to one address.
  std::vector<accounts::Mail> of(accounts::MailKind kind) const {
    return keep([&](const accounts::Mail& mail) { return mail.kind == kind; });
  }
  std::vector<accounts::Mail> to(const std::string& address) const {
    return keep([&](const accounts::Mail& mail) { return mail.to == address; });
  }
  void clear() {
    std::lock_guard lock(mutex_);
    mails_.clear();
  }

 private:
  template <class Wanted>
  std::vector<accounts::Mail> keep(Wanted wanted) const {
    std::vector<accounts::Mail> kept;
    for (const auto& mail : mails()) {
      if (wanted(mail)) kept.push_back(mail);
    }
    return kept;
  }

  mutable std::mutex mutex_;  // guards mails_
  std::vector<accounts::Mail> mails_;
};

// The token at the end of a mail's link; empty without one.
inline std::string token_in(const accounts::Mail& mail) {
  const auto link = mail.values.find("link");
  if (link == mail.values.end()) return {};
  const auto at = link->second.rfind("token=");
  return at == std::string::npos ? std::string() : link->second.substr(at + 6);
}

}  // namespace kith::test
