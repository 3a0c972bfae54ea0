#include "daemon/api/kept_settings.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

// Rows of instance_settings.
constexpr std::string_view kName = "chosen.name";
constexpr std::string_view kDomain = "chosen.domain";
constexpr std::string_view kDomainBefore = "chosen.domain.before";  // while kDomain is untried; empty: none was chosen
constexpr std::string_view kContact = "contact.last";               // time, space, domain

Expected<std::optional<std::string>> read(storage::Reader& reader, std::string_view name) {
  std::optional<std::string> found;
  KITH_TRY(reader.query("SELECT value FROM instance_settings WHERE name = ?", {name}, [&](const storage::Row& row) {
    found = std::string(core::as_text(row.blob(0)));
    return false;
  }));
  return found;
}

Expected<void> write(storage::Transaction& transaction, std::string_view name, std::string_view value) {
  KITH_TRY(transaction.execute(
      "INSERT INTO instance_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
      "excluded.value",
      {name, core::as_bytes(value)}));
  return {};
}

Expected<void> remove(storage::Transaction& transaction, std::string_view name) {
  KITH_TRY(transaction.execute("DELETE FROM instance_settings WHERE name = ?", {name}));
  return {};
}

}  // namespace

Expected<config::Choices> KeptSettings::choices(storage::Reader& reader) {
  KITH_TRY_ASSIGN(domain, read(reader, kDomain));
  KITH_TRY_ASSIGN(name, read(reader, kName));
  return config::Choices{std::move(domain), std::move(name)};
}

Expected<config::Choices> KeptSettings::choices() const {
  return database_.read_for<config::Choices>([](storage::Reader& reader) { return choices(reader); });
}

Expected<void> KeptSettings::choose_name(storage::Transaction& transaction, const std::string& name) {
  return write(transaction, kName, name);
}

Expected<void> KeptSettings::choose_domain(storage::Transaction& transaction, const std::string& domain, bool untried) {
  if (untried) {
    // Of several choices in a row the first one's predecessor is the one that worked.
    KITH_TRY_ASSIGN(before, read(transaction, kDomainBefore));
    KITH_TRY_ASSIGN(chosen, read(transaction, kDomain));
    if (!before) KITH_TRY(write(transaction, kDomainBefore, chosen.value_or("")));
  }
  return write(transaction, kDomain, domain);
}

Expected<void> KeptSettings::domain_works(const std::string& domain) const {
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(chosen, read(transaction, kDomain));
    return chosen == domain ? remove(transaction, kDomainBefore) : Expected<void>{};
  });
}

Expected<bool> KeptSettings::give_up_untried_domain() const {
  return database_.write_for<bool>([](storage::Transaction& transaction) -> Expected<bool> {
    KITH_TRY_ASSIGN(before, read(transaction, kDomainBefore));
    if (!before) return false;
    if (before->empty()) {
      KITH_TRY(remove(transaction, kDomain));
    } else {
      KITH_TRY(write(transaction, kDomain, *before));
    }
    KITH_TRY(remove(transaction, kDomainBefore));
    return true;
  });
}

Expected<std::optional<core::Timestamp>> KeptSettings::last_contact(const std::string& domain) const {
  KITH_TRY_ASSIGN(kept, database_.read_for<std::optional<std::string>>(
                            [](storage::Reader& reader) { return read(reader, kContact); }));
  const auto space = kept ? kept->find(' ') : std::string::npos;
  if (space == std::string::npos || kept->substr(space + 1) != domain) return std::nullopt;
  return core::parse_timestamp(kept->substr(0, space));
}

Expected<void> KeptSettings::keep_contact(const std::string& domain, core::Timestamp at) const {
  return database_.write([&](storage::Transaction& transaction) {
    return write(transaction, kContact, core::format_timestamp(at) + " " + domain);
  });
}

}  // namespace kith::daemon
