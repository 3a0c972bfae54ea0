#pragma once
// One page that listens: the events that wait for it, and its response body. A client that reads slowly holds nobody
// up: equal events wait once, and when too many wait they give way to one `resync`.
//
// Thread-safe. push(), check() and end() never block: they note and wake. The log-in is verified in read(), which may
// wait for the disk.

#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "daemon/api/event.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

class EventStream final : public BodySource {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  // `still_good`: whether the log-in the stream was opened with lives; asked in read(), the first one included, since
  // nobody could check() the stream before it was there. `on_gone`: called once, when
  // nobody reads any more; must not block.
  EventStream(std::function<bool()> still_good, std::function<void()> on_gone);
  ~EventStream() override;

  void push(Event event);
  // Verifies the log-in before anything more is sent, and sends a comment, which keeps proxies from closing what looks
  // idle and finds out about clients that have vanished.
  void check();
  // Nothing more is sent; the response ends.
  void end();

  Result read(std::span<std::uint8_t> space) override;
  void on_ready(std::function<void()> wake) override;
  void abandon() override;

 private:
  void change(const std::function<void()>& edit);
  void add(Event event);
  void gone();

  const std::function<bool()> still_good_;
  std::mutex mutex_;  // guards all below; held for moments
  std::function<void()> on_gone_;
  std::function<void()> wake_;
  std::deque<Event> waiting_;
  std::string unsent_;  // of what was taken from waiting_
  bool check_due_ = false;
  bool greeted_ = false;
  bool ended_ = false;
};

}  // namespace kith::daemon
