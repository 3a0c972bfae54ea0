#include "assets/zip_stream.hpp"

#include <zlib.h>

#include <algorithm>

#include "assets/zip_names.hpp"

namespace kith::assets {

namespace {

std::vector<ZipMember> members_of(const std::vector<ZipEntry>& entries) {
  ZipNames names;
  std::vector<ZipMember> members;
  members.reserve(entries.size());
  for (const auto& entry : entries) members.push_back({names.next(entry.name), entry.size, entry.modified_at});
  return members;
}

}  // namespace

ZipStream::ZipStream(std::vector<ZipEntry> entries) : entries_(std::move(entries)), layout_(members_of(entries_)) {
  checksums_.reserve(entries_.size());
  begin_entry();
}

core::Expected<std::size_t> ZipStream::read(std::span<std::uint8_t> space) {
  auto rest = space;
  while (!rest.empty() && part_ != Part::end) {
    auto taken = take(rest);
    if (!taken) {
      part_ = Part::failed;
      content_.reset();
      return tl::make_unexpected(std::move(taken.error()));
    }
    rest = rest.subspan(*taken);
  }
  return space.size() - rest.size();
}

core::Expected<std::size_t> ZipStream::take(std::span<std::uint8_t> space) {
  if (part_ == Part::failed) return core::fail(core::ErrorCode::internal, "this archive has failed before");
  if (part_ == Part::content) return take_content(space);
  const auto ready = core::ByteView(ready_).subspan(ready_taken_);
  const auto count = std::min(ready.size(), space.size());
  std::ranges::copy(ready.first(count), space.begin());
  ready_taken_ += count;
  if (ready_taken_ == ready_.size()) go_on();
  return count;
}

core::Expected<std::size_t> ZipStream::take_content(std::span<std::uint8_t> space) {
  const auto& entry = entries_[entry_];
  if (!content_) KITH_TRY(open_content());
  const auto wanted = space.first(std::min<std::uint64_t>(space.size(), entry.size - content_taken_));
  if (!wanted.empty()) {
    KITH_TRY_ASSIGN(count, content_->read(content_taken_, wanted));
    if (count != wanted.size())
      return core::fail(core::ErrorCode::internal, "the content of an entry has become shorter");
    // Pieces are at most as long as `space`, far below what an uInt takes; crc32_z takes a size_t all the same.
    checksum_ = static_cast<std::uint32_t>(::crc32_z(checksum_, wanted.data(), wanted.size()));
    content_taken_ += count;
  }
  if (content_taken_ == entry.size) go_on();
  return wanted.size();
}

core::Expected<void> ZipStream::open_content() {
  const auto& entry = entries_[entry_];
  KITH_TRY_ASSIGN(reader, entry.open());
  if (reader->size() != entry.size)
    return core::fail(core::ErrorCode::internal, "the content of an entry has another length than was said");
  content_ = std::move(reader);
  return {};
}

void ZipStream::begin_entry() {
  if (entry_ == entries_.size()) return begin_directory();
  get_ready(Part::header, layout_.header(entry_));
}

void ZipStream::begin_directory() {
  entry_ = 0;
  next_in_directory();
}

void ZipStream::next_in_directory() {
  if (entry_ == entries_.size()) return get_ready(Part::directory_end, layout_.directory_end());
  get_ready(Part::directory, layout_.directory_entry(entry_, checksums_[entry_]));
}

void ZipStream::get_ready(Part part, core::Bytes bytes) {
  part_ = part;
  ready_ = std::move(bytes);
  ready_taken_ = 0;
}

// The part before has been taken wholly.
void ZipStream::go_on() {
  switch (part_) {
    case Part::header:
      part_ = Part::content;
      content_taken_ = 0;
      checksum_ = 0;
      return;
    case Part::content:
      content_.reset();
      checksums_.push_back(checksum_);
      return get_ready(Part::descriptor, layout_.descriptor(entry_, checksum_));
    case Part::descriptor:
      ++entry_;
      return begin_entry();
    case Part::directory:
      ++entry_;
      return next_in_directory();
    case Part::directory_end:
      part_ = Part::end;
      return;
    case Part::end:
    case Part::failed:
      return;
  }
}

}  // namespace kith::assets
