#pragma once
// Sends what waits in the queue, one mail after the other on one thread ("kith-mail"). Owns the thread; stop() or the
// destructor ends a running transfer and joins it.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "accounts/mail/mail_queue.hpp"

namespace kith::accounts {

class MailSender {
 public:
  // Both must outlive it.
  MailSender(MailQueue& queue, MailCarrier& carrier, const core::Clock& clock, core::Logger log);
  ~MailSender() { stop(); }
  MailSender(const MailSender&) = delete;
  MailSender& operator=(const MailSender&) = delete;

  void start();
  void stop();

  // For the thread, and for tests without one: tries the mail that is due. False when none is, or the server could not
  // be used a moment ago.
  bool send_next();
  // When send_next() may have something to do again, a minute at most: other processes write mails too.
  std::chrono::milliseconds pause();

 private:
  void run();
  void note(const Delivery& delivery);
  bool settle();

  MailQueue& queue_;
  MailCarrier& carrier_;
  const core::Clock& clock_;
  const core::Logger log_;
  // Of the sending thread: how often in a row the server could not be used, and until when nothing is tried.
  std::size_t held_up_ = 0;
  std::chrono::steady_clock::time_point rests_until_{};
  // What is still to be noted.
  struct Outcome {
    WaitingMail mail;
    Delivery delivery;
  };
  std::optional<Outcome> unsettled_;

  std::mutex mutex_;  // guards the two below
  bool stopping_ = false;
  std::uint64_t wakes_ = 0;
  std::condition_variable wake_;
  std::thread thread_;
};

}  // namespace kith::accounts
