#include "federation/service/admission.hpp"

#include <arpa/inet.h>

#include <array>

#include "federation/limits.hpp"

namespace kith::federation {
namespace {

constexpr std::chrono::minutes kRetryAfter{10};
// Rows from one network in an hour, however they end.
constexpr std::size_t kMaxRowsPerSource = 256;
constexpr std::chrono::hours kSourceWindow{1};
// Handshakes that ended before anything was established, and are still remembered.
constexpr std::size_t kMaxRemembered = 16'384;
// The timestamp of an init is at most five minutes ahead when it comes, and taken for five minutes after: once a row is
// older than both, forgetting it lets nobody play its init again.
constexpr std::chrono::minutes kReplayable{10};

Expected<std::size_t> count_where(storage::Reader& reader, std::string_view where, storage::Values values) {
  std::size_t count = 0;
  const std::string sql = "SELECT count(*) FROM connections WHERE " + std::string(where);
  KITH_TRY(reader.query(sql, values, [&](const storage::Row& row) {
    count = static_cast<std::size_t>(row.integer(0));
    return false;
  }));
  return count;
}

Expected<std::size_t> count_pending(storage::Reader& reader, std::string_view scope, storage::Values values) {
  return count_where(reader, "state = 'pending_in' AND " + std::string(scope), values);
}

core::Unexpected full(std::string detail) {
  core::Error error{core::ErrorCode::too_many_requests, std::move(detail), kRetryAfter, std::nullopt};
  return core::Unexpected(std::move(error));
}

}  // namespace

std::string source_network(std::string_view ip) {
  const std::string text(ip.substr(0, 64));
  std::array<std::uint8_t, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return std::to_string(bytes[0]) + "." + std::to_string(bytes[1]) + "." + std::to_string(bytes[2]) + ".0/" +
           std::to_string(kSourcePrefixV4);
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    return source_network(std::to_string(bytes[12]) + "." + std::to_string(bytes[13]) + "." +
                          std::to_string(bytes[14]) + "." + std::to_string(bytes[15]));
  }
  std::fill(bytes.begin() + kSourcePrefixV6 / 8, bytes.end(), std::uint8_t{0});
  inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return std::string(out.data()) + "/" + std::to_string(kSourcePrefixV6);
}

Expected<void> Admission::make_record(storage::Transaction& transaction, const HandshakeRow& row) const {
  if (!row.privileged) {
    const storage::Value of_source[] = {row.source, clock_.now() - std::chrono::milliseconds(kSourceWindow)};
    KITH_TRY_ASSIGN(
        recent,
        count_where(transaction, "role = 'responder' AND source = ? AND created_at > ? AND established_at IS NULL",
                    of_source));
    if (recent >= kMaxRowsPerSource) return full("too many requests came from this network within an hour");
  }
  return forget_oldest(transaction, row);
}

Expected<void> Admission::forget_oldest(storage::Transaction& transaction, const HandshakeRow& row) const {
  constexpr std::string_view kRemembered = "role = 'responder' AND phase = 'ended' AND established_at IS NULL";
  KITH_TRY_ASSIGN(remembered, count_where(transaction, kRemembered, {}));
  if (remembered < kMaxRemembered) return {};
  const std::string sql = "DELETE FROM connections WHERE id IN (SELECT id FROM connections WHERE " +
                          std::string(kRemembered) + " AND created_at < ? ORDER BY created_at LIMIT 1)";
  KITH_TRY_ASSIGN(forgotten, transaction.execute(sql, {clock_.now() - std::chrono::milliseconds(kReplayable)}));
  if (forgotten > 0 || row.privileged) return {};
  return full("too many requests came of late");
}

Expected<void> Admission::make_room(storage::Transaction& transaction, const HandshakeRow& row,
                                    Effects& effects) const {
  const auto responder = row.local.text();
  const storage::Value of_instance[] = {row.initiator_key.view()};
  KITH_TRY_ASSIGN(from_instance, count_pending(transaction, "initiator_key = ?", of_instance));
  if (from_instance >= kMaxPendingPerInstance) return full("too many requests of this instance wait for an answer");
  if (!row.privileged) {
    const storage::Value of_source[] = {row.source};
    KITH_TRY_ASSIGN(from_source, count_pending(transaction, "source = ?", of_source));
    if (from_source >= kMaxPendingPerSource) return full("too many requests from this network wait for an answer");
  }
  const storage::Value of_responder[] = {responder};
  KITH_TRY(make_room_among(transaction, "local_address = ?", of_responder, kMaxPendingPerResponder, effects));
  return make_room_among(transaction, "1", {}, kMaxPendingInAll, effects);
}

Expected<void> Admission::make_room_among(storage::Transaction& transaction, std::string_view scope,
                                          storage::Values values, std::size_t limit, Effects& effects) const {
  KITH_TRY_ASSIGN(pending, count_pending(transaction, scope, values));
  if (pending < limit) return {};
  const std::string those = "state = 'pending_in' AND privileged = 0 AND " + std::string(scope);
  std::string busiest;
  bool found = false;
  KITH_TRY(transaction.query("SELECT source FROM connections WHERE " + those +
                                 " GROUP BY source ORDER BY count(*) DESC, min(created_at), source LIMIT 1",
                             values, [&](const storage::Row& row) {
                               busiest = row.text(0);
                               found = true;
                               return false;
                             }));
  if (!found) return full("too many requests wait for an answer");
  std::vector<storage::Value> with_source(values.begin(), values.end());
  with_source.emplace_back(busiest);
  KITH_TRY_ASSIGN(oldest,
                  store_.select(transaction, those + " AND source = ? ORDER BY created_at, id LIMIT 1", with_source));
  for (auto& row : oldest) {
    KITH_TRY(lifecycle_.end(transaction, row, {.state = ConnectionState::failed, .reason = "evicted", .hide = true},
                            effects));
  }
  return {};
}

}  // namespace kith::federation
