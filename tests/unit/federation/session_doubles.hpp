#pragma once
// Connections and assets as a test sets them, for sessions.

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "federation/permanent_keys.hpp"
#include "federation/session/session_connections.hpp"
#include "federation/shared_assets.hpp"

namespace kith::test {

class ListedConnections final : public federation::SessionConnections {
 public:
  struct Entry {
    federation::ConnectionRecord record;
    std::vector<std::pair<std::uint64_t, federation::PermanentKeys>> own;
    std::vector<federation::PeerKeys> peer;
  };
  using Found = core::Expected<std::optional<federation::ConnectionRecord>>;

  void add(Entry entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
  }
  // Runs with the entry `index`, for changes.
  void change(std::size_t index, const std::function<void(Entry&)>& edit) {
    std::lock_guard lock(mutex_);
    edit(entries_.at(index));
  }
  federation::ConnectionRecord record(std::size_t index = 0) {
    std::lock_guard lock(mutex_);
    return entries_.at(index).record;
  }

  Found find(const core::ConnectionId& id) override {
    return first([&](const auto& record) { return record.id == id; });
  }
  Found find_by_wire_id(const federation::WireConnectionId& id) override {
    return first([&](const auto& record) { return record.wire_id == id; });
  }
  Found find_active(const core::UserId& user, const federation::Address& peer) override {
    return first([&](const auto& r) { return r.active && r.local_user == user && r.peer_address == peer; });
  }
  core::Expected<federation::OwnKeys> own_keys(const core::ConnectionId& id, std::uint64_t epoch) override {
    std::lock_guard lock(mutex_);
    for (auto& entry : entries_) {
      for (auto& [number, keys] : entry.own) {
        if (entry.record.id != id || number != epoch) continue;
        return federation::OwnKeys{epoch, core::SigningKey(keys.sign.seed().duplicate()),
                                   core::BoxKeyPair::from_secret(keys.box.secret_key.duplicate())};
      }
    }
    return core::fail(core::ErrorCode::not_found);
  }
  core::Expected<federation::PeerKeys> peer_keys(const core::ConnectionId& id, std::uint64_t epoch) override {
    std::lock_guard lock(mutex_);
    for (auto& entry : entries_) {
      for (auto& keys : entry.peer) {
        if (entry.record.id == id && keys.epoch == epoch) return keys;
      }
    }
    return core::fail(core::ErrorCode::not_found);
  }
  core::Expected<void> own_epoch_used(const core::ConnectionId&, std::uint64_t epoch) override {
    std::lock_guard lock(mutex_);
    own_used.push_back(epoch);
    return {};
  }
  core::Expected<void> peer_epoch_used(const core::ConnectionId&, std::uint64_t epoch) override {
    std::lock_guard lock(mutex_);
    peer_used.push_back(epoch);
    return {};
  }
  std::vector<std::uint64_t> own_used, peer_used;

 private:
  template <class Wanted>
  Found first(const Wanted& wanted) {
    std::lock_guard lock(mutex_);
    for (auto& entry : entries_) {
      if (wanted(entry.record)) return entry.record;
    }
    return std::nullopt;
  }
  std::mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

// Assets in memory.
class ListedAssets final : public federation::SharedAssets {
 public:
  struct Entry {
    federation::ShareView view;
    federation::SharedAsset asset;
    std::shared_ptr<const std::string> content;
  };
  struct Content final : federation::SharedContent {
    explicit Content(std::shared_ptr<const std::string> bytes) : text(std::move(bytes)) {}
    std::uint64_t size() const override { return text->size(); }
    core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
      const auto piece = core::as_bytes(*text).subspan(std::min<std::size_t>(offset, text->size()));
      const std::size_t size = std::min(piece.size(), out.size());
      std::copy_n(piece.begin(), size, out.begin());
      return size;
    }
    std::shared_ptr<const std::string> text;
  };

  void put(Entry entry) {
    std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& old) { return old.asset.id == entry.asset.id; });
    entries_.push_back(std::move(entry));
  }
  void withdraw(const core::AssetId& id) {
    std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& old) { return old.asset.id == id; });
  }
  core::Expected<federation::SharedAssetPage> list(const federation::ShareView& view,
                                                   const federation::SharedAssetFilter& filter) override {
    std::lock_guard lock(mutex_);
    federation::SharedAssetPage page;
    std::size_t from = filter.cursor ? std::stoul(*filter.cursor) : 0;
    for (; from < entries_.size() && page.items.size() < filter.limit; ++from) {
      const Entry& entry = entries_[from];
      if (!sees(entry, view) || (filter.kind && entry.asset.kind != *filter.kind)) continue;
      if (filter.name && entry.asset.name.find(*filter.name) == std::string::npos) continue;
      page.items.push_back(entry.asset);
    }
    if (from < entries_.size()) page.next = std::to_string(from);
    if (endless) page.next = "0";
    return page;
  }
  core::Expected<federation::SharedAsset> find(const federation::ShareView& view, const core::AssetId& id) override {
    KITH_TRY_ASSIGN(opened, open(view, id));
    return opened.asset;
  }
  core::Expected<federation::OpenedAsset> open(const federation::ShareView& view, const core::AssetId& id) override {
    std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
      if (entry.asset.id == id && sees(entry, view)) {
        return federation::OpenedAsset{entry.asset, std::make_shared<Content>(entry.content)};
      }
    }
    return core::fail(core::ErrorCode::not_found);
  }
  core::Expected<federation::Thumbnail> thumbnail(const federation::ShareView&, const core::AssetId&, int) override {
    return core::fail(core::ErrorCode::not_found);
  }

  std::atomic<bool> endless = false;  // every page says that another one follows

 private:
  static bool sees(const Entry& entry, const federation::ShareView& view) {
    return entry.view.owner == view.owner && entry.view.viewer == view.viewer;
  }
  std::mutex mutex_;  // guards entries_
  std::vector<Entry> entries_;
};

}  // namespace kith::test
