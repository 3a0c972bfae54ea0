#include "daemon/app/orphaned_shares.hpp"

#include <vector>

#include "federation/address.hpp"

namespace kith::daemon {
namespace {

using core::Expected;

struct Pair {
  core::UserId owner, viewer;
  std::string address;  // of the viewer
};

Expected<std::vector<Pair>> pairs_of(storage::Database& database) {
  std::vector<Pair> pairs;
  KITH_TRY(database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT s.owner, s.viewer, u.handle || '@' || u.domain FROM "
        "(SELECT owner, viewer FROM shares UNION SELECT owner, viewer FROM album_shares) s JOIN users u ON u.id = "
        "s.viewer WHERE u.is_local = 0",
        {}, [&](const storage::Row& row) {
          const auto owner = core::UserId::parse(row.text(0)), viewer = core::UserId::parse(row.text(1));
          if (owner && viewer) pairs.push_back({*owner, *viewer, row.text(2)});
          return true;
        });
  }));
  return pairs;
}

}  // namespace

Expected<void> end_orphaned_shares(storage::Database& database, federation::Connections& connections,
                                   assets::Shares& shares) {
  KITH_TRY_ASSIGN(pairs, pairs_of(database));
  for (const auto& pair : pairs) {
    KITH_TRY_ASSIGN(address, federation::Address::parse(pair.address));
    KITH_TRY_ASSIGN(connection, connections.find_active(pair.owner, address));
    if (!connection) KITH_TRY(shares.forget_between(pair.owner, pair.viewer));
  }
  return {};
}

}  // namespace kith::daemon
