#pragma once
// Who listens to GET /api/events, and the way from anything that happens to the pages that should know. Thread-safe;
// publishing never waits for a reader. Must outlive the streams it gave out.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/error.hpp"
#include "core/id.hpp"
#include "daemon/api/event_stream.hpp"

namespace kith::daemon {

struct EventLimits {
  std::size_t streams_per_user = 16;  // open pages: browsers share one stream among tabs where they can
  std::size_t streams = 256;          // of everybody together
};

class EventHub {
 public:
  struct Listener {
    core::UserId user;
    bool is_admin = false;             // hears of everybody's connections
    std::function<bool()> still_good;  // see EventStream
  };

  explicit EventHub(EventLimits limits = {}) : limits_(limits) {}

  // busy when there are too many, and once stop() was called.
  [[nodiscard]] core::Expected<std::shared_ptr<EventStream>> open(Listener listener);
  // Whether any page of theirs would hear.
  bool is_heard_by(const core::UserId& user) const;
  std::size_t open_streams() const;

  void publish(const core::UserId& user, const Event& event);
  void publish_with_admins(const core::UserId& user, const Event& event);
  void publish_to_all(const Event& event);

  // Has the log-ins of these streams verified, now: after a log-out, and as the heartbeat every 20 s.
  void check(const core::UserId& user);
  void check_all();

  // Ends all streams and waits up to `longest` for the last words to be sent. Later calls of open() answer busy.
  void stop(std::chrono::milliseconds longest);

 private:
  struct Entry {
    std::uint64_t number;
    core::UserId user;
    bool is_admin;
    std::weak_ptr<EventStream> stream;
  };
  using Wanted = std::function<bool(const Entry&)>;
  std::vector<std::shared_ptr<EventStream>> streams(const Wanted& wanted) const;
  void leave(std::uint64_t number);

  const EventLimits limits_;
  mutable std::mutex mutex_;  // guards all below; never held while a stream is called
  std::condition_variable left_;
  std::vector<Entry> entries_;  // few enough to be looked through
  std::uint64_t opened_ = 0;
  bool stopped_ = false;
};

}  // namespace kith::daemon
