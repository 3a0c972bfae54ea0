#pragma once
// What people call content that the store knows by its digest only.

#include <string>

#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// `text` for a terminal: without control characters, marks of direction and broken UTF-8.
std::string printable(std::string_view text);

// "alice: beach.jpg" and how many more names there are; owner and digest where there is none.
[[nodiscard]] core::Expected<std::string> name_of_content(storage::Reader& reader, const storage::BlobKey& key);

// Calls `each` with content that something names and its size, in order of owner and digest, as long as it answers
// true.
[[nodiscard]] core::Expected<void> each_named_content(
    storage::Reader& reader, const std::function<bool(const storage::BlobKey&, std::uint64_t)>& each);
// The same for at most `limit` behind `after`: for a database that changes meanwhile.
struct NamedContent {
  storage::BlobKey key;
  std::uint64_t size = 0;
};
[[nodiscard]] core::Expected<std::vector<NamedContent>> named_content_after(storage::Reader& reader,
                                                                            const storage::BlobKey& after, int limit);
// Whether something names it (still).
[[nodiscard]] core::Expected<bool> is_named(storage::Reader& reader, const storage::BlobKey& key);

// Number and bytes of all of it.
struct ContentTotal {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
[[nodiscard]] core::Expected<ContentTotal> named_content_total(storage::Reader& reader);

}  // namespace kith::daemon
