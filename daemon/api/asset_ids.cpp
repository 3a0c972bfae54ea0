#include "daemon/api/asset_ids.hpp"

namespace kith::daemon {

using core::ErrorCode;
using core::fail;

core::Expected<std::vector<core::AssetId>> asset_ids_of(const core::Json& body, std::size_t max) {
  KITH_TRY_ASSIGN(texts, core::required_text_list(body, "asset_ids", max, 64));
  if (texts.empty()) return fail(ErrorCode::bad_request, "asset_ids must name at least one asset");
  std::vector<core::AssetId> ids;
  for (const auto& text : texts) {
    auto id = core::AssetId::parse(text);
    if (!id) return fail(ErrorCode::not_found, "There is no asset \"" + text + "\".");
    ids.push_back(std::move(*id));
  }
  return ids;
}

}  // namespace kith::daemon
