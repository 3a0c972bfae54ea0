#include "daemon/app/operator_overview.hpp"

#include <unistd.h>

#include "daemon/doctor/probes.hpp"

namespace kith::daemon {

OperatorOverview::OperatorOverview(Parts parts)
    : parts_(std::move(parts)), started_at_(parts_.clock.now()), storage_(parts_.storage) {}

core::Expected<HealthView> OperatorOverview::health() {
  std::lock_guard lock(mutex_);
  const auto now = parts_.clock.steady();
  if (!checked_at_ || now - *checked_at_ >= kHealthKept) {
    checks_ = parts_.check();
    checked_at_ = now;
  }
  return HealthView{started_at_, checks_};
}

std::vector<std::string> OperatorOverview::hindrances() {
  std::vector<std::string> found;
  const auto answers = parts_.storage.database.read(
      [](storage::Reader& reader) { return reader.query("SELECT 1", {}, [](const storage::Row&) { return false; }); });
  if (!answers) found.emplace_back("The database does not answer.");
  const DataFiles files(parts_.storage.config.instance.data_dir);
  if (::access(files.blobs().c_str(), W_OK | X_OK) != 0) found.emplace_back("The content folder can't be written to.");
  const auto disk = check_disk(probe_disk(files.directory(), parts_.storage.keep_free));
  if (disk.state == CheckState::error) found.push_back(disk.text);
  if (!parts_.serving()) found.emplace_back("The listeners are not open.");
  return found;
}

}  // namespace kith::daemon
