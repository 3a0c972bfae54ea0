#include "federation/session/remote_assets.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "core/encoding.hpp"
#include "core/worker_pool.hpp"
#include "federation/session/asset_json.hpp"
#include "federation/session/remote_transfer.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {
namespace {

using core::ErrorCode;

constexpr std::size_t kMaxWaitingRefreshes = 256;
constexpr std::size_t kMaxThumbnail = 1024 * 1024;
// What browsers only show, and never run.
constexpr std::string_view kThumbnailTypes[] = {"image/webp", "image/jpeg", "image/png", "image/avif"};
// What one reading of all a peer shares may take.
constexpr int kMaxRefreshPages = 40;
constexpr std::chrono::seconds kMaxRefreshTime{60};

std::string asset_target(const core::AssetId& id) {
  return std::string(kPrivateRoot) + "assets/" + id.text();
}

std::string list_target(const SharedAssetFilter& filter) {
  std::string target = std::string(kPrivateRoot) + (filter.photos_by_time ? "photos" : "assets");
  target += "?limit=" + std::to_string(filter.limit);
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) target += "&" + std::string(name) + "=" + core::percent_encode(*value);
  };
  if (!filter.photos_by_time) add("kind", filter.kind);
  add("name", filter.name);
  if (filter.photos_by_time) {
    add("camera", filter.camera);
    add("from", filter.from);
    add("to", filter.to);
  }
  add("cursor", filter.cursor);
  return target;
}

// What a person can be told who looks at what somebody elsewhere shares. The rest is about the dealings of two
// instances with each other: passed on, it would look as if this daemon said it of its own user's log-in or request.
constexpr ErrorCode kForViewers[] = {
    ErrorCode::forbidden,
    ErrorCode::not_found,
    ErrorCode::too_many_requests,
    ErrorCode::busy,
    ErrorCode::internal,
    ErrorCode::storage_full,
    ErrorCode::timestamp_out_of_range,
    ErrorCode::connection_ended,
    ErrorCode::not_verified,
    ErrorCode::wrong_state,
    ErrorCode::key_mismatch,
    ErrorCode::peer_blocked,
    ErrorCode::peer_error,
    ErrorCode::peer_unreachable,
};

core::Unexpected for_viewer(core::Error error) {
  if (std::ranges::find(kForViewers, error.code) == std::end(kForViewers)) error.code = ErrorCode::peer_error;
  return core::Unexpected(std::move(error));
}

// What the peer said makes no sense: its mistake, not the user's.
core::Unexpected senseless(const core::Error& error) {
  return core::fail(ErrorCode::peer_error, "the peer's answer makes no sense: " + error.detail);
}

core::Unexpected stopping_error() {
  return core::fail(ErrorCode::busy, "this instance is stopping");
}

}  // namespace

// The threads of running transfers, at most so many.
class TransferThreads {
 public:
  explicit TransferThreads(const TransferLimits& limits) : limits_(limits) {}
  ~TransferThreads() { stop(); }

  Expected<void> start(const core::UserId& viewer, std::shared_ptr<PieceRing> ring, TransferFetch fetch) {
    std::lock_guard lock(mutex_);
    if (stopping_) return stopping_error();
    running_.remove_if([](const Running& running) { return running.done->load(); });
    const auto of_viewer = std::ranges::count(running_, viewer, &Running::viewer);
    if (running_.size() >= limits_.at_once || static_cast<std::size_t>(of_viewer) >= limits_.at_once_of_viewer) {
      core::Error error{ErrorCode::busy, "too many transfers from other instances run", std::chrono::seconds(5), {}};
      return tl::make_unexpected(std::move(error));
    }
    auto done = std::make_shared<std::atomic<bool>>(false);
    auto work = [task = std::make_shared<TransferFetch>(std::move(fetch)), done] {
      task->run();
      done->store(true);
    };
    running_.push_back({viewer, std::move(ring), done, std::jthread(std::move(work))});
    return {};
  }

  void stop() {
    std::list<Running> ending;  // joined without the lock
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      ending.swap(running_);
    }
    for (auto& running : ending) running.ring->abandon();
  }

 private:
  struct Running {
    core::UserId viewer;
    std::shared_ptr<PieceRing> ring;
    std::shared_ptr<std::atomic<bool>> done;
    std::jthread thread;
  };
  const TransferLimits limits_;
  std::mutex mutex_;  // guards the two below
  bool stopping_ = false;
  std::list<Running> running_;
};

struct RemoteAssets::State {
  explicit State(Parts all) : parts(std::move(all)), transfers(parts.limits) {}

  Expected<InnerAnswer> get(const ConnectionRecord& connection, std::string target, Urgency urgency);
  Expected<SharedAssetPage> page(const ConnectionRecord& connection, const SharedAssetFilter& filter, Urgency urgency);
  Expected<void> read_all(const ConnectionRecord& connection);

  // busy once stop() was called.
  Expected<void> require_running() const {
    if (stopping) return stopping_error();
    return {};
  }
  Expected<ConnectionRecord> connection_of(const core::UserId& viewer, std::string_view peer) {
    KITH_TRY(require_running());
    return parts.sessions.connection_of(viewer, peer);
  }

  const Parts parts;
  std::atomic<bool> stopping = false;
  TransferThreads transfers;
  std::mutex mutex;  // guards refreshing
  std::set<core::ConnectionId> refreshing;
  core::WorkerPool refresher{"kith-refresh", 1, kMaxWaitingRefreshes};  // last: its tasks use the rest
};

Expected<InnerAnswer> RemoteAssets::State::get(const ConnectionRecord& connection, std::string target,
                                               Urgency urgency) {
  auto answer = parts.sessions.request(connection, {"GET", std::move(target), {}, {}}, urgency);
  if (!answer) return for_viewer(std::move(answer.error()));
  if (answer->head.status == 200) return answer;
  return for_viewer(error_from_inner_answer(connection.peer_address.domain().text(), *answer));
}

Expected<SharedAssetPage> RemoteAssets::State::page(const ConnectionRecord& connection, const SharedAssetFilter& filter,
                                                    Urgency urgency) {
  if (filter.limit == 0 || filter.limit > kMaxPageItems) {
    return core::fail(ErrorCode::bad_request, "limit must be from 1 to 500");
  }
  KITH_TRY_ASSIGN(answer, get(connection, list_target(filter), urgency));
  auto parsed = parse_asset_page(answer.body);
  if (!parsed) return senseless(parsed.error());
  return parsed;
}

// A peer that never comes to an end is read so far and no further; what it did not get to tell is not forgotten then.
Expected<void> RemoteAssets::State::read_all(const ConnectionRecord& connection) {
  SharedAssetFilter filter;
  filter.limit = kMaxPageItems;
  std::vector<SharedAsset> all;
  const auto give_up = parts.clock.steady() + kMaxRefreshTime;
  for (int pages = 0; all.size() < kMaxToldAssets; ++pages) {
    KITH_TRY(require_running());
    if (pages == kMaxRefreshPages || parts.clock.steady() >= give_up) return parts.told.learn(connection, all);
    KITH_TRY_ASSIGN(some, page(connection, filter, Urgency::background));
    std::ranges::move(some.items, std::back_inserter(all));
    filter.cursor = some.items.empty() ? std::nullopt : std::move(some.next);
    if (!filter.cursor) break;
  }
  return parts.told.replace(connection, all);
}

namespace {

class OpenedRemote final : public RemoteContent {
 public:
  OpenedRemote(const RemoteAssets::Parts& parts, TransferThreads& transfers, TransferPlan plan)
      : parts_(parts), transfers_(transfers), plan_(std::move(plan)) {}
  const SharedAsset& asset() const override { return plan_.asset; }
  Expected<std::shared_ptr<ByteSource>> stream(std::uint64_t offset, std::uint64_t length) override {
    if (length == 0 || offset > plan_.asset.size || length > plan_.asset.size - offset) {
      return core::fail(ErrorCode::range_not_satisfiable);
    }
    TransferPlan plan = plan_;
    plan.offset = offset;
    plan.length = length;
    auto ring = std::make_shared<PieceRing>();
    auto source = std::make_shared<TransferSource>(ring, plan);
    TransferFetch fetch(parts_.sessions, parts_.log, parts_.limits, std::move(plan), ring);
    KITH_TRY(transfers_.start(plan_.viewer, std::move(ring), std::move(fetch)));
    return source;
  }

 private:
  const RemoteAssets::Parts& parts_;
  TransferThreads& transfers_;
  const TransferPlan plan_;
};

}  // namespace

RemoteAssets::RemoteAssets(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
RemoteAssets::~RemoteAssets() {
  stop();
}

Expected<SharedAssetPage> RemoteAssets::list(const core::UserId& viewer, std::string_view peer,
                                             const SharedAssetFilter& filter) {
  KITH_TRY_ASSIGN(connection, state_->connection_of(viewer, peer));
  KITH_TRY_ASSIGN(page, state_->page(connection, filter, Urgency::user));
  const bool everything = !filter.kind && !filter.name && !filter.photos_by_time && !filter.cursor && !page.next;
  auto& told = state_->parts.told;
  const auto kept = everything ? told.replace(connection, page.items) : told.learn(connection, page.items);
  if (!kept) state_->parts.log.warning("what a peer told was not kept", {{"detail", kept.error().detail}});
  return page;
}

Expected<SharedAsset> RemoteAssets::find(const core::UserId& viewer, std::string_view peer, const core::AssetId& id) {
  KITH_TRY_ASSIGN(connection, state_->connection_of(viewer, peer));
  KITH_TRY_ASSIGN(answer, state_->get(connection, asset_target(id), Urgency::user));
  auto asset = parse_asset(answer.body);
  if (!asset) return senseless(asset.error());
  if (asset->id != id) return core::fail(ErrorCode::peer_error, "the peer answered with another asset");
  return asset;
}

Expected<std::unique_ptr<RemoteContent>> RemoteAssets::open(const core::UserId& viewer, std::string_view peer,
                                                            const core::AssetId& id) {
  KITH_TRY_ASSIGN(asset, find(viewer, peer, id));
  TransferPlan plan{viewer, std::string(peer), std::move(asset), 0, 0};
  return std::make_unique<OpenedRemote>(state_->parts, state_->transfers, std::move(plan));
}

Expected<Thumbnail> RemoteAssets::thumbnail(const core::UserId& viewer, std::string_view peer, const core::AssetId& id,
                                            int edge) {
  KITH_TRY_ASSIGN(connection, state_->connection_of(viewer, peer));
  KITH_TRY_ASSIGN(answer,
                  state_->get(connection, asset_target(id) + "/thumbnail?size=" + std::to_string(edge), Urgency::user));
  const std::string type(find_header(answer.head.headers, "content-type").value_or(""));
  if (std::ranges::find(kThumbnailTypes, type) == std::end(kThumbnailTypes) || answer.body.size() > kMaxThumbnail) {
    return core::fail(ErrorCode::peer_error, "the peer's thumbnail is no picture of at most 1 MiB");
  }
  std::string etag(find_header(answer.head.headers, "etag").value_or(""));
  if (!is_entity_tag(etag)) return core::fail(ErrorCode::peer_error, "the peer's thumbnail has no entity tag");
  return Thumbnail{type, std::move(etag), std::move(answer.body)};
}

Expected<ToldAssetPage> RemoteAssets::shared_with_me(const core::UserId& viewer,
                                                     const std::optional<std::string>& cursor, std::size_t limit) {
  KITH_TRY(state_->require_running());
  return state_->parts.told.list(viewer, cursor, limit);
}

void RemoteAssets::refresh_soon(const ConnectionRecord& connection) {
  State& state = *state_;
  std::lock_guard lock(state.mutex);
  if (state.stopping || connection.peer_polls || state.refreshing.contains(connection.id)) return;
  const auto work = [&state, connection] {
    {
      std::lock_guard again(state.mutex);
      state.refreshing.erase(connection.id);
    }
    const auto read = state.read_all(connection);
    if (!read && !state.stopping)
      state.parts.log.info("a peer's list was not read again", {{"detail", read.error().detail}});
    if (read && state.parts.refreshed) state.parts.refreshed(connection);
  };
  if (state.refresher.try_post(work)) state.refreshing.insert(connection.id);
}

void RemoteAssets::stop() {
  state_->stopping = true;
  state_->transfers.stop();
  state_->refresher.stop();  // what is queued ends at once
}

}  // namespace kith::federation
