#include "federation/service/outbox.hpp"

#include <algorithm>
#include <utility>

#include "federation/service/bounded_text.hpp"

namespace kith::federation {
namespace {

constexpr std::size_t kMaxErrorBytes = 500;
// What became of a try can't be written (the disk is full): nothing goes out again before this is over.
constexpr std::chrono::seconds kRest{30};

}  // namespace

Outbox::Outbox(storage::Database& database, const core::Clock& clock, core::Random& random, core::Logger log,
               OutboxPauses pauses)
    : database_(database), clock_(clock), random_(random), log_(std::move(log)), pauses_(pauses) {}

void Outbox::handle(std::string kind, Handler handler) {
  handlers_[std::move(kind)] = std::move(handler);
}

void Outbox::on_wake(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Outbox::wake() {
  std::function<void()> call;
  {
    std::lock_guard lock(mutex_);
    call = wake_;
  }
  if (call) call();
}

Expected<void> Outbox::add(storage::Transaction& transaction, std::string_view kind, std::string_view subject,
                           std::string_view payload) {
  const auto now = clock_.now();
  KITH_TRY(transaction.execute(
      "INSERT INTO outbox (kind, subject, payload, due_at, created_at) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (kind, subject) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at, attempts = 0, "
      "last_error = '', generation = generation + 1",
      {kind, subject, payload, now, now}));
  return {};
}

Expected<std::int64_t> Outbox::hurry(storage::Transaction& transaction, std::string_view subject) {
  return transaction.execute(
      "UPDATE outbox SET due_at = ?, attempts = 0, generation = generation + 1 WHERE subject = ?",
      {clock_.now(), subject});
}

Expected<void> Outbox::drop(storage::Transaction& transaction, std::string_view kind, std::string_view subject) {
  KITH_TRY(transaction.execute("DELETE FROM outbox WHERE kind = ? AND subject = ?", {kind, subject}));
  return {};
}

Expected<void> Outbox::drop_all(storage::Transaction& transaction, std::string_view subject) {
  KITH_TRY(transaction.execute("DELETE FROM outbox WHERE subject = ?", {subject}));
  return {};
}

std::size_t Outbox::run_due(std::size_t limit) {
  std::size_t done = 0;
  for (std::size_t tries = 0; tries < limit; ++tries) {
    auto task = take();
    if (!task) break;
    if (run(*task)) ++done;
  }
  return done;
}

// The due task that waits longest, runs on no other thread and does not rest.
std::optional<OutboxTask> Outbox::take() {
  std::lock_guard lock(mutex_);
  const auto now = clock_.now();
  std::erase_if(resting_, [now](const auto& entry) { return entry.second <= now; });
  std::optional<OutboxTask> found;
  auto read = database_.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT id, kind, subject, payload, attempts, created_at, generation FROM outbox WHERE due_at <= ? "
        "ORDER BY due_at, id",
        {now}, [&](const storage::Row& row) {
          if (running_.contains(row.integer(0)) || resting_.contains(row.integer(0))) return true;
          found = OutboxTask{row.integer(0), row.text(1),   row.text(2), row.text(3), static_cast<int>(row.integer(4)),
                             row.time(5),    row.integer(6)};
          return false;
        });
  });
  if (!read) log_.error("outbox can't be read", {{"error", read.error().detail}});
  if (found) running_.insert(found->id);
  return found;
}

bool Outbox::run(const OutboxTask& task) {
  const auto handler = handlers_.find(task.kind);
  const auto result =
      handler == handlers_.end() ? OutboxResult::parked("nobody does this kind of task") : handler->second(task);
  auto settled = database_.write([&](storage::Transaction& transaction) { return settle(transaction, task, result); });
  if (!settled) {
    log_.error("outbox can't be written", {{"task", task.kind}, {"error", settled.error().detail}});
  }
  std::lock_guard lock(mutex_);
  running_.erase(task.id);
  if (!settled) resting_[task.id] = clock_.now() + kRest;
  return settled.has_value();
}

// A task added again, or hurried, while it ran stays as it was put then: its try was about older news.
Expected<void> Outbox::settle(storage::Transaction& transaction, const OutboxTask& task, const OutboxResult& result) {
  using Kind = OutboxResult::Kind;
  if (result.kind == Kind::done) {
    KITH_TRY(transaction.execute("DELETE FROM outbox WHERE id = ? AND generation = ?", {task.id, task.generation}));
    return {};
  }
  std::optional<core::Timestamp> due;
  if (result.kind == Kind::later) due = clock_.now() + result.pause;
  if (result.kind == Kind::again) due = clock_.now() + pause_after(task.attempts);
  const int attempts = result.kind == Kind::later ? 0 : task.attempts + 1;
  KITH_TRY(
      transaction.execute("UPDATE outbox SET due_at = ?, attempts = ?, last_error = ? WHERE id = ? AND generation = ?",
                          {due, attempts, bounded_text(result.error, kMaxErrorBytes), task.id, task.generation}));
  return {};
}

// Doubles with each try; between three and five quarters of that, so that many tasks don't come due together.
std::chrono::milliseconds Outbox::pause_after(int attempts) {
  const auto doublings = std::min(attempts, 30);
  const auto base = std::min<std::int64_t>(pauses_.first.count() << doublings, pauses_.longest.count());
  const auto random = random_.bytes<2>();
  const std::int64_t share = random[0] * 256 + random[1];  // of 65,536
  return std::chrono::milliseconds(base * 3 / 4 + base / 2 * share / 65'536);
}

std::optional<core::Timestamp> Outbox::next_due() {
  std::lock_guard lock(mutex_);
  std::optional<core::Timestamp> next;
  auto read = database_.read([&](storage::Reader& reader) {
    return reader.query("SELECT id, due_at FROM outbox WHERE due_at IS NOT NULL ORDER BY due_at, id", {},
                        [&](const storage::Row& row) {
                          const auto id = row.integer(0);
                          if (running_.contains(id)) return true;
                          const auto rest = resting_.find(id);
                          const auto due = rest == resting_.end() ? row.time(1) : std::max(row.time(1), rest->second);
                          if (!next || due < *next) next = due;
                          return rest != resting_.end();
                        });
  });
  if (!read) log_.error("outbox can't be read", {{"error", read.error().detail}});
  return next;
}

}  // namespace kith::federation
