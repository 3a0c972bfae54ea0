#pragma once
// What people elsewhere share with users here: lists and content fetched over a session, streamed without storing, and
// the memory of what peers told last, for when they are down (PROTOCOL.md, "Private API").
//
// Every call names a local user and the address of a remote one ("bob@b.example"); not_found unless the two have an
// established connection. peer_unreachable (with since) comes quickly while the peer is known to be down. Thread-safe
// and blocking (network): never called on an event thread. References given must outlive it; stop(), and the
// destructor, end running transfers and join all threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "core/log.hpp"
#include "federation/byte_source.hpp"
#include "federation/session/told_assets.hpp"
#include "federation/shared_assets.hpp"

namespace kith::federation {

class SessionOpener;

// How hard a transfer tries, and how many run at once (tuning, not protocol).
struct TransferLimits {
  std::size_t at_once = 32;                    // more: busy
  std::size_t at_once_of_viewer = 8;           // the same
  int retries_without_progress = 6;            // broken links in a row
  std::chrono::milliseconds first_pause{100};  // doubles with each of them
  std::uint64_t bytes_a_request = 1ull << 30;  // the protocol's most
};

// Content of a remote asset, not yet asked for.
class RemoteContent {
 public:
  virtual ~RemoteContent() = default;
  // As the peer described it a moment ago: evaluate conditions and ranges against `etag` and `size`.
  virtual const SharedAsset& asset() const = 0;
  // Starts a transfer of `length` bytes from `offset` (within size; length > 0), which goes on for as long as the
  // source is read: bounded memory, back-pressure down to the peer, taken up again where a broken link stopped it. The
  // source gives authenticated bytes in order or fails; content that changed meanwhile fails; a read of the whole file
  // hands out its last bytes only when their SHA-256 is right. abandon(), or dropping the source, ends the transfer.
  // busy when too many transfers run.
  [[nodiscard]] virtual Expected<std::shared_ptr<ByteSource>> stream(std::uint64_t offset, std::uint64_t length) = 0;
};

class RemoteAssets {
 public:
  struct Parts {
    SessionOpener& sessions;
    ToldAssets& told;
    const core::Clock& clock;
    core::Logger log;
    TransferLimits limits = {};
    // Called when refresh_soon() has brought up to date what the connection's peer told; must not block. May be empty.
    std::function<void(const ConnectionRecord&)> refreshed = {};
  };
  explicit RemoteAssets(Parts parts);
  ~RemoteAssets();
  RemoteAssets(const RemoteAssets&) = delete;
  RemoteAssets& operator=(const RemoteAssets&) = delete;

  // One page of what `peer` shares with `viewer`, read from there now. For photos set filter.kind to "photo".
  [[nodiscard]] Expected<SharedAssetPage> list(const core::UserId& viewer, std::string_view peer,
                                               const SharedAssetFilter& filter);
  [[nodiscard]] Expected<SharedAsset> find(const core::UserId& viewer, std::string_view peer, const core::AssetId& id);
  [[nodiscard]] Expected<std::unique_ptr<RemoteContent>> open(const core::UserId& viewer, std::string_view peer,
                                                              const core::AssetId& id);
  [[nodiscard]] Expected<Thumbnail> thumbnail(const core::UserId& viewer, std::string_view peer,
                                              const core::AssetId& id, int edge);
  // What all peers told last, without asking any of them.
  [[nodiscard]] Expected<ToldAssetPage> shared_with_me(const core::UserId& viewer,
                                                       const std::optional<std::string>& cursor, std::size_t limit);

  // Reads everything a connection's peer shares, in the background, once however often it is asked meanwhile. Never
  // blocks; forgotten when too much waits. For NotificationInbox, and after a connection was established.
  void refresh_soon(const ConnectionRecord& connection);

  // Abandons the transfers that run, whose sources are not woken any more, and joins all threads; quick once the
  // transport was stopped. Later calls answer busy. Idempotent.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kith::federation
