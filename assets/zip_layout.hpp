#pragma once
// The form of a ZIP archive whose entries are stored: PKWARE's APPNOTE 6.3.10, in the parts that every unpacker reads.
// Checksums come behind the content (data descriptors), so that nothing must be read twice. ZIP64 is used where a size,
// an offset or the number of entries needs it, and only there. Pure; nothing here knows where content comes from.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace kith::assets {

struct ZipMember {
  std::string name;  // safe and unlike the others: zip_names.hpp
  std::uint64_t size = 0;
  core::Timestamp modified_at;
};

class ZipLayout {
 public:
  explicit ZipLayout(std::vector<ZipMember> members);

  // An archive is: for each member its header, its content and its descriptor; then the directory.
  std::size_t count() const { return members_.size(); }
  std::uint64_t size() const { return size_; }                                    // of the whole archive
  std::uint64_t offset(std::size_t member) const { return offsets_.at(member); }  // of its header
  std::uint64_t directory_offset() const { return directory_offset_; }
  const ZipMember& member(std::size_t member) const { return members_.at(member); }

  core::Bytes header(std::size_t member) const;
  core::Bytes descriptor(std::size_t member, std::uint32_t crc) const;
  // The directory is given out in pieces, since archives may have many members: one for each, then the end.
  core::Bytes directory_entry(std::size_t member, std::uint32_t crc) const;
  core::Bytes directory_end() const;

 private:
  std::vector<ZipMember> members_;
  std::vector<std::uint64_t> offsets_;
  std::uint64_t directory_offset_ = 0;
  std::uint64_t directory_size_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace kith::assets
