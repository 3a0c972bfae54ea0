#pragma once
// What the daemon keeps of itself in the database, beside the configuration file that people write: the name and domain
// an admin chose in the browser, and when another instance last got through. Thread-safe.
//
// A domain chosen is untried until the daemon has started with it. When that fails, give_up_untried_domain() puts back
// what was chosen before, so that a choice never keeps the daemon from starting.

#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

class KeptSettings {
 public:
  explicit KeptSettings(storage::Database& database) : database_(database) {}

  [[nodiscard]] core::Expected<config::Choices> choices() const;
  // These belong to the caller's transaction.
  [[nodiscard]] static core::Expected<config::Choices> choices(storage::Reader& reader);
  [[nodiscard]] static core::Expected<void> choose_name(storage::Transaction& transaction, const std::string& name);
  // `untried`: it is another than the daemon runs with.
  [[nodiscard]] static core::Expected<void> choose_domain(storage::Transaction& transaction, const std::string& domain,
                                                          bool untried);

  // The daemon has started with `domain`. What was chosen stays untried if it is another one: chosen a moment ago, or
  // put aside by the configuration file.
  [[nodiscard]] core::Expected<void> domain_works(const std::string& domain) const;
  // False if the choice was tried before.
  [[nodiscard]] core::Expected<bool> give_up_untried_domain() const;

  // When another instance last got through to this one under `domain`; nothing for any other domain than the last kept.
  [[nodiscard]] core::Expected<std::optional<core::Timestamp>> last_contact(const std::string& domain) const;
  [[nodiscard]] core::Expected<void> keep_contact(const std::string& domain, core::Timestamp at) const;

 private:
  storage::Database& database_;
};

}  // namespace kith::daemon
