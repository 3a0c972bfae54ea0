#include "storage/operations.hpp"

namespace kith::storage {

Expected<void> note_operation(Transaction& transaction, std::string_view name, const Operation& operation) {
  KITH_TRY(
      transaction.execute("INSERT INTO operations (name, finished_at, detail) VALUES (?, ?, ?) "
                          "ON CONFLICT (name) DO UPDATE SET finished_at = excluded.finished_at, "
                          "detail = excluded.detail",
                          {name, operation.finished_at, operation.detail}));
  return {};
}

Expected<std::optional<Operation>> last_operation(Reader& reader, std::string_view name) {
  std::optional<Operation> found;
  KITH_TRY(reader.query("SELECT finished_at, detail FROM operations WHERE name = ?", {name}, [&](const Row& row) {
    found = Operation{row.time(0), row.text(1)};
    return false;
  }));
  return found;
}

}  // namespace kith::storage
