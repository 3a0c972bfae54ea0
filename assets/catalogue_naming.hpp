#pragma once
// How content gets a name in the catalogue: what the Naming of an upload does. For assets/ only. Functions of a
// transaction; events are told by the caller, after the commit.

#include <string>
#include <string_view>
#include <vector>

#include "assets/arrival.hpp"
#include "assets/asset.hpp"
#include "assets/asset_events.hpp"

namespace kith::assets {

struct StoredVersion {
  Asset asset;
  bool is_new = true;                 // false: the newest version had this content already
  std::vector<core::UserId> viewers;  // who saw the version before
};

// A new asset `new_id` called `name`, or the next version of the owner's asset that has the name. The name is checked
// before.
[[nodiscard]] core::Expected<StoredVersion> name_in_catalogue(storage::Transaction& transaction,
                                                              const ArrivedContent& content, std::string_view name,
                                                              core::AssetId new_id, core::Timestamp now);

// `asset`, with its new content, number and time, takes the place of the version before it.
[[nodiscard]] core::Expected<void> replace_version(storage::Transaction& transaction, const Asset& asset);

// `name`, or "name (2).ext" and so on where the owner has an asset of that name; within kMaxFileNameBytes. conflict
// when none of a thousand is free.
[[nodiscard]] core::Expected<std::string> free_name(storage::Reader& reader, const core::UserId& owner,
                                                    std::string_view name);

// Tells what name_in_catalogue did.
void tell(AssetEvents& events, const StoredVersion& stored);

}  // namespace kith::assets
