#pragma once
// What this instance still has to tell others, kept in the database until it is done: a task is due at a time, tried,
// and tried again with growing pauses (exponential with jitter), across restarts. A user's request only ever adds a
// task.
//
// The daemon's scheduler calls run_due() when a wake comes or next_due() has passed, from one thread or several.
// A task runs on one thread at a time; tasks of one run are taken in order of their time. Thread-safe.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/database.hpp"

namespace kith::federation {

using core::Expected;

struct OutboxTask {
  std::int64_t id = 0;
  std::string kind;     // names the handler: "init", "revoke", …
  std::string subject;  // what it is about, mostly a ConnectionId; one task for each kind and subject
  std::string payload;  // the handler's own, at most 64 KiB
  int attempts = 0;     // tries before this one
  core::Timestamp created_at{};
  std::int64_t generation = 0;  // the outbox's own
};

// What became of one try.
struct OutboxResult {
  enum class Kind : std::uint8_t {
    done,    // forget the task
    again,   // try again after a pause that grows with each failure
    later,   // no failure: due again after `pause`, attempts start from 0
    parked,  // nothing helps but a person: kept, and not tried until hurry()
  };
  Kind kind = Kind::done;
  std::string error;  // with again and parked
  std::chrono::milliseconds pause{0};

  static OutboxResult done() { return {}; }
  static OutboxResult again(std::string error) { return {Kind::again, std::move(error), {}}; }
  static OutboxResult later(std::chrono::milliseconds pause) { return {Kind::later, {}, pause}; }
  static OutboxResult parked(std::string error) { return {Kind::parked, std::move(error), {}}; }
};

// Tuning, not protocol.
struct OutboxPauses {
  std::chrono::milliseconds first{100};  // a step may overtake the answer to the one before it
  std::chrono::milliseconds longest{15 * 60'000};
};

class Outbox {
 public:
  using Handler = std::function<OutboxResult(const OutboxTask&)>;

  Outbox(storage::Database& database, const core::Clock& clock, core::Random& random, core::Logger log,
         OutboxPauses pauses = {});

  // Who does tasks of this kind. All are set before the first run_due(). A handler blocks and must not throw.
  void handle(std::string kind, Handler handler);
  // Called (from any thread, must not block) when there is something to do at once.
  void on_wake(std::function<void()> wake);

  // Adds a task due at once, or makes the one of that kind and subject due at once with this payload. Call wake() after
  // the transaction.
  [[nodiscard]] Expected<void> add(storage::Transaction& transaction, std::string_view kind, std::string_view subject,
                                   std::string_view payload = {});
  // Makes what waits for `subject` due at once, parked tasks too. Number of tasks.
  [[nodiscard]] Expected<std::int64_t> hurry(storage::Transaction& transaction, std::string_view subject);
  [[nodiscard]] Expected<void> drop(storage::Transaction& transaction, std::string_view kind, std::string_view subject);
  [[nodiscard]] Expected<void> drop_all(storage::Transaction& transaction, std::string_view subject);
  void wake();

  // Runs what is due, at most `limit` tasks, on this thread. Number of tasks run; one whose outcome can't be written is
  // not counted, and rests for half a minute.
  std::size_t run_due(std::size_t limit = 64);
  // When run_due() has something to do next: tasks that run right now don't count. Nothing when nothing waits.
  std::optional<core::Timestamp> next_due();

 private:
  std::optional<OutboxTask> take();
  bool run(const OutboxTask& task);
  Expected<void> settle(storage::Transaction& transaction, const OutboxTask& task, const OutboxResult& result);
  std::chrono::milliseconds pause_after(int attempts);

  storage::Database& database_;
  const core::Clock& clock_;
  core::Random& random_;
  core::Logger log_;
  const OutboxPauses pauses_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::mutex mutex_;  // guards the three below
  std::set<std::int64_t> running_;
  std::map<std::int64_t, core::Timestamp> resting_;  // until when
  std::function<void()> wake_;
};

}  // namespace kith::federation
