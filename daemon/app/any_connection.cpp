#include "daemon/app/any_connection.hpp"

namespace kith::daemon {

core::Expected<bool> any_connection(storage::Reader& reader) {
  bool found = false;
  constexpr auto kAny = "SELECT 1 FROM connections WHERE phase <> 'ended' AND hidden = 0 LIMIT 1";
  KITH_TRY(reader.query(kAny, {}, [&](const storage::Row&) {
    found = true;
    return false;
  }));
  return found;
}

}  // namespace kith::daemon
