#pragma once
// When a backup was last made and the content last verified, and what came of it. One row for each kind of operation,
// the latest; kept in the database, so that the running daemon knows what a command did.

#include <optional>
#include <string>
#include <string_view>

#include "storage/database.hpp"

namespace kith::storage {

inline constexpr std::string_view kBackupOperation = "backup";
// Its detail has "checked" and "damaged": how many contents were read, and how many of them are no longer what was
// stored.
inline constexpr std::string_view kVerifyOperation = "verify";

struct Operation {
  core::Timestamp finished_at{};
  std::string detail;  // a JSON object, 4 KiB at most
};

// In the place of the one before.
[[nodiscard]] Expected<void> note_operation(Transaction& transaction, std::string_view name,
                                            const Operation& operation);
// Nothing if it was never done.
[[nodiscard]] Expected<std::optional<Operation>> last_operation(Reader& reader, std::string_view name);

}  // namespace kith::storage
