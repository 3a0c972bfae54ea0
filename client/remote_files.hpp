#pragma once
// Files on the server: one's own, and what others share with one. One thread.

#include <optional>
#include <string>
#include <vector>

#include "client/api.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::client {

struct RemoteFile {
  std::string id;
  std::string name;  // as the server says it
  std::uint64_t size = 0;
  core::Digest digest;
  std::string etag;
};

// peer_error for what is no asset of the API. Pure.
[[nodiscard]] core::Expected<RemoteFile> remote_file(const core::Json& asset);

// True for a name with `*` or `?` in it. Pure.
bool is_pattern(std::string_view text);
// `*` stands for any characters, `?` for one; all else for itself. Pure; takes time in proportion to both lengths.
bool fits_pattern(std::string_view pattern, std::string_view name);

// Whose files: one's own, or what a person shares with one.
using Owner = std::optional<std::string>;
// The address of the list, narrowed to names that may be meant by `text` (empty: all).
std::string list_target(const Owner& owner, std::string_view text);

// All files that `names` mean, each name exactly; where there is none of that name, as a pattern. not_found naming the
// first that means nothing.
[[nodiscard]] core::Expected<std::vector<RemoteFile>> choose_files(Api& api, const Owner& owner,
                                                                   const std::vector<std::string>& names);
// One's own file of exactly this name.
[[nodiscard]] core::Expected<std::optional<RemoteFile>> find_own_file(Api& api, const std::string& name);

}  // namespace kith::client
