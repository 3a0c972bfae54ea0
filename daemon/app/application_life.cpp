// Whether the daemon still answers, and how things stand.
#include <atomic>

#include "daemon/app/application_parts.hpp"

namespace kith::daemon {
namespace {

std::string counted(std::uint64_t number, const std::string& one, const std::string& more) {
  return std::to_string(number) + " " + (number == 1 ? one : more);
}

core::Expected<std::uint64_t> waiting_connections(storage::Database& database) {
  std::uint64_t waiting = 0;
  KITH_TRY(database.read([&](storage::Reader& reader) {
    return reader.query("SELECT count(*) FROM connections WHERE state = 'pending_in'", {},
                        [&](const storage::Row& row) {
                          waiting = static_cast<std::uint64_t>(row.integer(0));
                          return false;
                        });
  }));
  return waiting;
}

// Tells once all have answered.
class Round {
 public:
  Round(std::size_t asked, std::function<void(std::string)> done) : open_(asked), done_(std::move(done)) {}
  void set_status(std::string status) { status_ = std::move(status); }  // before its answer
  void answer() {
    if (--open_ == 0) done_(std::move(status_));
  }

 private:
  std::atomic<std::size_t> open_;
  std::string status_;
  const std::function<void(std::string)> done_;
};

}  // namespace

core::Expected<std::string> Application::Parts::status() {
  KITH_TRY_ASSIGN(waiting, waiting_connections(*database));
  const auto streams = events.open_streams() + live_listeners.open_streams();
  const auto bodies_running = server->running_transfers();
  const auto transfers = bodies_running > streams ? bodies_running - streams : 0;
  return "Serving " + config.listen.local + " and " + config.listen.public_ + " as " + identity->domain() + "; " +
         counted(transfers, "transfer", "transfers") + " running, " +
         counted(waiting, "connection waits", "connections wait") + " for approval";
}

void Application::ask_for_life(std::function<void(std::string status)> answered) {
  constexpr std::size_t kPools = 2;
  auto& parts = *parts_;
  auto round = std::make_shared<Round>(parts.server->event_threads() + kPools, std::move(answered));
  parts.server->ask_event_threads([round] { round->answer(); });
  // Beyond the limits of their queues: a server that is busy lives. One that is stopping has no pools that answer.
  (void)parts.bodies->post([round] { round->answer(); });
  (void)parts.handlers->post([&parts, round] {
    auto status = parts.status();
    parts.warn("the database does not answer", status);
    if (!status) return;
    round->set_status(std::move(*status));
    round->answer();
  });
}

}  // namespace kith::daemon
