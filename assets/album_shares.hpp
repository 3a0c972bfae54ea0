#pragma once
// Albums shown to people as a whole: what is in one, now or later, is shown to them, by the rows of `shares` that
// share_sources.hpp keeps in line. Thread-safe; calls block on disk.

#include <vector>

#include "assets/shares.hpp"

namespace kith::assets {

struct AlbumShare {
  core::AlbumShareId id;
  core::AlbumId album;
  core::UserId owner;
  core::UserId viewer;
  core::Timestamp shared_at;
  ShareTerms terms;
};

class AlbumShares {
 public:
  explicit AlbumShares(const Shares::Parts& parts) : parts_(parts) {}

  // Shows the album to `viewer`; one that is shared with them already keeps its share and takes the new terms.
  // not_found for another's album and for no user, conflict for a photo in it that can't go without what the terms
  // leave out, and when kMaxViewersPerAlbum see it. Of a large album only the first kPreparedAtOnce photos are looked
  // at here; the rest appears as the sweep gets ready with it.
  [[nodiscard]] core::Expected<AlbumShare> share(const core::UserId& owner, const core::AlbumId& album,
                                                 const core::UserId& viewer, const ShareTerms& terms);
  // Takes back what nothing else shows. not_found unless it still counts.
  [[nodiscard]] core::Expected<void> withdraw(const core::UserId& owner, const core::AlbumId& album,
                                              const core::AlbumShareId& id);
  // Those that count, the newest first. not_found for another's album.
  [[nodiscard]] core::Expected<std::vector<AlbumShare>> list(const core::UserId& owner, const core::AlbumId& album);

 private:
  core::Expected<void> prepare(const core::UserId& owner, const core::AlbumId& album, Strip strip);

  const Shares::Parts parts_;
};

}  // namespace kith::assets
