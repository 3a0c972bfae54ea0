#pragma once
// A ZIP archive that is made while it is read: no temporary file, memory for one header and one blob at a time (beside
// what names the entries). Entries are stored, not compressed: photos and videos are so already.
//
// Our own rather than a library's, because the exact length must be known before the first byte (Content-Length,
// progress) and the reader pulls: libraries write when they like, and tell the length at the end.
//
// A ZipStream belongs to one thread at a time. Nothing is opened before its bytes are wanted, and each blob is closed
// before the next is opened.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assets/zip_layout.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "storage/blob_store.hpp"

namespace kith::assets {

struct ZipEntry {
  std::string name;  // as people gave it: made safe for unpackers, and unlike the others, here
  std::uint64_t size = 0;
  core::Timestamp modified_at;
  // Called once, when the entry's content is next. The reader must have `size` bytes.
  std::function<core::Expected<std::shared_ptr<storage::BlobReader>>()> open;
};

class ZipStream {
 public:
  explicit ZipStream(std::vector<ZipEntry> entries);

  // Length of the whole archive in bytes: exact, known from the start.
  std::uint64_t size() const { return layout_.size(); }
  // The next bytes: fills `space`, fewer only at the end, 0 behind it. Fails when a blob can't be opened or read, or is
  // not as long as was said; what came until then is no archive, and every further call fails too.
  [[nodiscard]] core::Expected<std::size_t> read(std::span<std::uint8_t> space);

 private:
  enum class Part : std::uint8_t { header, content, descriptor, directory, directory_end, end, failed };
  core::Expected<std::size_t> take(std::span<std::uint8_t> space);
  core::Expected<std::size_t> take_content(std::span<std::uint8_t> space);
  core::Expected<void> open_content();
  void begin_entry();
  void begin_directory();
  void next_in_directory();
  void get_ready(Part part, core::Bytes bytes);
  void go_on();

  std::vector<ZipEntry> entries_;
  ZipLayout layout_;
  Part part_ = Part::header;  // what the next byte belongs to
  std::size_t entry_ = 0;     // and of which entry
  core::Bytes ready_;         // all parts but content are made whole
  std::size_t ready_taken_ = 0;
  std::shared_ptr<storage::BlobReader> content_;
  std::uint64_t content_taken_ = 0;
  std::uint32_t checksum_ = 0;            // of what was taken of the content
  std::vector<std::uint32_t> checksums_;  // of all entries before, for the directory
};

}  // namespace kith::assets
