#include "assets/share_sources.hpp"

#include "assets/rows.hpp"

namespace kith::assets {

namespace {

using core::ErrorCode;
using core::Expected;
using core::Timestamp;

// A row of `shares` as it stands.
struct Present {
  core::ShareId id;
  ShareTerms terms;
  std::optional<std::string> album;
  OwnAct own;
};

// What all that counts comes to.
struct Outcome {
  std::optional<ShareTerms> terms;  // nothing: the viewer sees it no more
  std::optional<std::string> album;
};

ShareTerms terms_of(const storage::Row& row, int expires_at, int strip) {
  return {row.optional_time(expires_at), strip_from_name(row.text(strip)).value_or(Strip(StripMode::all))};
}

bool counts(const ShareTerms& terms, Timestamp now) {
  return !terms.expires_at || *terms.expires_at > now;
}

Expected<std::optional<Present>> present_share(storage::Reader& reader, const ShareSpot& spot) {
  return first_row<Present>(
      reader,
      "SELECT id, expires_at, strip, album, is_own, own_expires_at, own_strip FROM shares "
      "WHERE viewer = ? AND asset = ?",
      {spot.viewer.text(), spot.asset.text()}, [](const storage::Row& row) {
        Present present{id_of<core::ShareId>(row, 0), terms_of(row, 1, 2), row.optional_text(3), std::nullopt};
        if (row.boolean(4)) present.own = terms_of(row, 5, 6);
        return present;
      });
}

Expected<Outcome> outcome_of(storage::Reader& reader, const ShareSpot& spot, const OwnAct& own, Timestamp now) {
  Outcome outcome{own, std::nullopt};
  KITH_TRY(
      reader.query("SELECT s.expires_at, s.strip, s.album FROM album_assets e "
                   "CROSS JOIN album_shares s ON s.album = e.album "  // from the asset's few albums to the viewer
                   "WHERE e.asset = ? AND s.viewer = ? AND (s.expires_at IS NULL OR s.expires_at > ?) "
                   "ORDER BY s.id",
                   {spot.asset.text(), spot.viewer.text(), now}, [&](const storage::Row& row) {
                     const auto terms = terms_of(row, 0, 1);
                     outcome.terms = outcome.terms ? together(*outcome.terms, terms) : terms;
                     if (!outcome.album) outcome.album = row.text(2);
                     return true;
                   }));
  return outcome;
}

Expected<void> insert(storage::Transaction& transaction, const Settlement& settlement, const ShareSpot& spot,
                      const Outcome& outcome, const OwnAct& own) {
  auto done = transaction.execute(
      "INSERT INTO shares (id, owner, viewer, asset, shared_at, expires_at, strip, album, is_own, own_expires_at, "
      "own_strip) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {settlement.make_id().text(), spot.owner.text(), spot.viewer.text(), spot.asset.text(), settlement.now,
       outcome.terms->expires_at, strip_name(outcome.terms->strip), outcome.album, own.has_value(),
       own ? own->expires_at : std::nullopt, strip_name(own ? own->strip : Strip())});
  // Owner and asset were just read and the id is fresh, so it is the viewer who is not there.
  if (!done && done.error().code == ErrorCode::conflict)
    return core::fail(ErrorCode::not_found, "there is no such user to share with");
  KITH_TRY(std::move(done));
  return {};
}

Expected<void> update(storage::Transaction& transaction, const Present& present, const Outcome& outcome,
                      const OwnAct& own) {
  KITH_TRY(transaction.execute(
      "UPDATE shares SET expires_at = ?, strip = ?, album = ?, is_own = ?, own_expires_at = ?, own_strip = ? "
      "WHERE id = ?",
      {outcome.terms->expires_at, strip_name(outcome.terms->strip), outcome.album, own.has_value(),
       own ? own->expires_at : std::nullopt, strip_name(own ? own->strip : Strip()), present.id.text()}));
  return {};
}

Expected<void> erase(storage::Transaction& transaction, const Present& present) {
  KITH_TRY(transaction.execute("DELETE FROM shares WHERE id = ?", {present.id.text()}));
  return {};
}

}  // namespace

Expected<void> settle_share(storage::Transaction& transaction, const Settlement& settlement, const ShareSpot& spot,
                            ShareChanges& changes, const ChangeOwnAct& change) {
  KITH_TRY_ASSIGN(present, present_share(transaction, spot));
  OwnAct own = present && present->own && counts(*present->own, settlement.now) ? present->own : std::nullopt;
  if (change) change(own);
  KITH_TRY_ASSIGN(outcome, outcome_of(transaction, spot, own, settlement.now));
  if (!outcome.terms) {
    if (!present) return {};
    changes.withdrawn(spot.owner, spot.viewer, spot.asset);
    return erase(transaction, *present);
  }
  // One that has expired is gone for its viewer already: another begins.
  if (!present || !counts(present->terms, settlement.now)) {
    if (present) KITH_TRY(erase(transaction, *present));
    changes.shared(spot.owner, spot.viewer, spot.asset);
    return insert(transaction, settlement, spot, outcome, own);
  }
  const bool is_seen = present->terms != *outcome.terms || present->album != outcome.album;
  if (is_seen) changes.changed(spot.owner, spot.viewer, spot.asset);
  if (!is_seen && present->own == own) return {};
  return update(transaction, *present, outcome, own);
}

}  // namespace kith::assets
