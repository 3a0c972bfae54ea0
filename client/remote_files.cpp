#include "client/remote_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::size_t kMaxField = 4096;
constexpr const char* kWild = "*?";

// One character: what `?` stands for.
std::string_view take_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return text.substr(0, size);
}

// The longest part of a pattern that stands for itself.
std::string_view plain_part(std::string_view pattern) {
  std::string_view longest;
  while (true) {
    const auto end = std::min(pattern.find_first_of(kWild), pattern.size());
    if (end > longest.size()) longest = pattern.substr(0, end);
    if (end == pattern.size()) return longest;
    pattern.remove_prefix(end + 1);
  }
}

using Wanted = std::function<bool(const std::string& name)>;

Expected<std::vector<RemoteFile>> list_files(Api& api, const std::string& target, const Wanted& wanted) {
  std::vector<RemoteFile> found;
  const auto take = [&](const Json& item) -> Expected<void> {
    if (!wanted(text_of(item, "name"))) return {};
    KITH_TRY_ASSIGN(file, remote_file(item));
    found.push_back(std::move(file));
    return {};
  };
  KITH_TRY(api.each(target, take, kMaxListed));
  return found;
}

Expected<std::vector<RemoteFile>> files_of_name(Api& api, const Owner& owner, const std::string& name) {
  return list_files(api, list_target(owner, name), [&](const std::string& each) { return each == name; });
}

}  // namespace

Expected<RemoteFile> remote_file(const Json& asset) {
  if (!asset.is_object()) return senseless_answer();
  RemoteFile file;
  const auto id = core::required_text(asset, "id", kMaxField);
  const auto name = core::required_text(asset, "name", kMaxField);
  const auto size = core::required_integer(asset, "size", 0, INT64_MAX);
  const auto digest_text = core::required_text(asset, "digest", kMaxField);
  const auto etag = core::required_text(asset, "etag", kMaxField);
  if (!id || !name || !size || !digest_text || !etag) return senseless_answer();
  const auto digest = core::parse_digest_text(*digest_text);
  // It goes into a header.
  const bool is_clean = std::all_of(etag->begin(), etag->end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!digest || !is_clean) return senseless_answer();
  return RemoteFile{*id, *name, static_cast<std::uint64_t>(*size), *digest, *etag};
}

bool is_pattern(std::string_view text) {
  return text.find_first_of(kWild) != text.npos;
}

bool fits_pattern(std::string_view pattern, std::string_view name) {
  // Behind the last star met, and what it has stood for so far ends where `retry` begins.
  std::optional<std::string_view> behind_star;
  std::string_view retry;
  while (!name.empty() || !pattern.empty()) {
    if (!pattern.empty() && pattern[0] == '*') {
      pattern.remove_prefix(1);
      behind_star = pattern;
      retry = name;
    } else if (!pattern.empty() && !name.empty() && (pattern[0] == '?' || pattern[0] == name[0])) {
      name.remove_prefix(pattern[0] == '?' ? take_character(name).size() : 1);
      pattern.remove_prefix(1);
    } else if (behind_star && !retry.empty()) {
      retry.remove_prefix(1);
      name = retry;
      pattern = *behind_star;
    } else {
      return false;
    }
  }
  return true;
}

std::string list_target(const Owner& owner, std::string_view text) {
  std::string target = "/api/assets";
  if (owner) target += "?owner=" + in_path(*owner);
  const auto name = plain_part(text);
  if (!name.empty()) target += (owner ? "&name=" : "?name=") + in_path(name);
  return target;
}

Expected<std::vector<RemoteFile>> choose_files(Api& api, const Owner& owner, const std::vector<std::string>& names) {
  std::vector<RemoteFile> chosen;
  std::set<std::string> ids;  // two patterns may mean the same
  for (const auto& name : names) {
    KITH_TRY_ASSIGN(found, files_of_name(api, owner, name));
    if (found.empty() && is_pattern(name)) {
      KITH_TRY_ASSIGN(fitting, list_files(api, list_target(owner, name),
                                          [&](const std::string& each) { return fits_pattern(name, each); }));
      found = std::move(fitting);
    }
    if (found.empty())
      return core::fail(ErrorCode::not_found,
                        (owner ? printable(*owner) + " shares no file called " : "You have no file called ") +
                            printable(name) + ". kith ls" + (owner ? " --from " + printable(*owner) : "") +
                            " shows what is there.");
    for (auto& file : found) {
      if (ids.insert(file.id).second) chosen.push_back(std::move(file));
    }
  }
  return chosen;
}

Expected<std::optional<RemoteFile>> find_own_file(Api& api, const std::string& name) {
  KITH_TRY_ASSIGN(found, files_of_name(api, std::nullopt, name));
  if (found.empty()) return std::nullopt;
  return std::optional(std::move(found.front()));
}

}  // namespace kith::client
