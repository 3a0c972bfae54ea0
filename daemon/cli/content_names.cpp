#include "daemon/cli/content_names.hpp"

#include <fmt/format.h>

#include "core/encoding.hpp"

namespace kith::daemon {

using core::Expected;
using storage::BlobKey;
using storage::Row;

namespace {

bool is_unfit(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
  const bool direction =
      c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return control || direction;
}

BlobKey key_of(const Row& row) {
  return {core::UserId::parse(row.text(0)).value_or(core::UserId()),
          core::Digest::from(row.blob(1)).value_or(core::Digest())};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  if (!core::is_valid_utf8(text)) {
    for (const char c : text) shown += c >= 0x20 && c < 0x7f ? c : '?';
    return shown;
  }
  while (!text.empty()) {
    const auto before = text;
    const auto point = core::take_code_point(text);
    if (is_unfit(point))
      shown += '?';
    else
      shown += before.substr(0, before.size() - text.size());
  }
  return shown;
}

Expected<std::string> name_of_content(storage::Reader& reader, const BlobKey& key) {
  std::string name;
  int more = -1;
  KITH_TRY(
      reader.query("SELECT u.handle, n.name FROM (SELECT a.owner AS owner, a.name AS name FROM asset_versions v "
                   "JOIN assets a ON a.id = v.asset WHERE v.owner = ?1 AND v.digest = ?2 UNION ALL "
                   "SELECT f.owner, f.name FROM exchange_files f WHERE f.owner = ?1 AND f.digest = ?2) n "
                   "JOIN users u ON u.id = n.owner LIMIT 100",
                   {key.owner.text(), key.digest.view()}, [&](const Row& row) {
                     if (++more == 0) name = printable(row.text(0)) + ": " + printable(row.text(1));
                     return true;
                   }));
  if (more < 0) return fmt::format("{} {}", key.owner.text(), core::digest_text(key.digest));
  if (more > 0) name += fmt::format(" (and {} more)", more);
  return name;
}

Expected<void> each_named_content(storage::Reader& reader,
                                  const std::function<bool(const BlobKey&, std::uint64_t)>& each) {
  return reader.query("SELECT owner, digest, size FROM blobs WHERE names > 0 ORDER BY owner, digest", {},
                      [&](const Row& row) { return each(key_of(row), static_cast<std::uint64_t>(row.integer(2))); });
}

Expected<std::vector<NamedContent>> named_content_after(storage::Reader& reader, const BlobKey& after, int limit) {
  std::vector<NamedContent> found;
  KITH_TRY(
      reader.query("SELECT owner, digest, size FROM blobs WHERE (owner, digest) > (?, ?) AND names > 0 ORDER BY owner, "
                   "digest LIMIT ?",
                   {after.owner.text(), after.digest.view(), limit}, [&](const Row& row) {
                     found.push_back({key_of(row), static_cast<std::uint64_t>(row.integer(2))});
                     return true;
                   }));
  return found;
}

Expected<bool> is_named(storage::Reader& reader, const BlobKey& key) {
  bool named = false;
  KITH_TRY(reader.query("SELECT 1 FROM blobs WHERE owner = ? AND digest = ? AND names > 0",
                        {key.owner.text(), key.digest.view()}, [&](const Row&) { return !(named = true); }));
  return named;
}

Expected<ContentTotal> named_content_total(storage::Reader& reader) {
  ContentTotal total;
  KITH_TRY(reader.query("SELECT count(*), coalesce(sum(size), 0) FROM blobs WHERE names > 0", {}, [&](const Row& row) {
    total = {static_cast<std::uint64_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))};
    return true;
  }));
  return total;
}

}  // namespace kith::daemon
