#include "assets/zip_layout.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace kith::assets {

namespace {

using core::Bytes;

// Section 4.4 of APPNOTE; sizes of the fixed parts from 4.3.
constexpr std::uint32_t kHeaderSignature = 0x04034b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::uint32_t kDirectorySignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kEnd64LocatorSignature = 0x07064b50;
constexpr std::uint16_t kVersionPlain = 20;
constexpr std::uint16_t kVersion64 = 45;
constexpr std::uint16_t kMadeByUnix = 3 << 8;
constexpr std::uint16_t kFlags = (1 << 3) | (1 << 11);  // data descriptors; names in UTF-8
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kExtra64 = 0x0001;
constexpr std::uint16_t kExtraTime = 0x5455;           // Info-ZIP's extended timestamp
constexpr std::uint32_t kAttributes = 0100644u << 16;  // a plain file that its owner may write
constexpr std::uint64_t kEnd64Rest = 56 - 12;          // of the record's own size field

// These values say that the real one stands in the ZIP64 part.
constexpr std::uint32_t kFull32 = 0xffffffff;
constexpr std::uint16_t kFull16 = 0xffff;

// Little-endian fields one after another.
class Fields {
 public:
  Fields& u16(std::uint64_t value) { return put(value, 2); }
  Fields& u32(std::uint64_t value) { return put(value, 4); }
  Fields& u64(std::uint64_t value) { return put(value, 8); }
  Fields& text(std::string_view text) { return bytes(core::as_bytes(text)); }
  Fields& bytes(core::ByteView view) {
    bytes_.insert(bytes_.end(), view.begin(), view.end());
    return *this;
  }
  std::size_t size() const { return bytes_.size(); }
  Bytes take() { return std::move(bytes_); }
  core::ByteView view() const { return bytes_; }

 private:
  Fields& put(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Bytes bytes_;
};

bool is_large(std::uint64_t value) {
  return value >= kFull32;
}

std::uint32_t low32(std::uint64_t value) {
  return is_large(value) ? kFull32 : static_cast<std::uint32_t>(value);
}

// Date and time of MS-DOS, from 1980 to 2107, in steps of two seconds. In UTC: the reader's zone is not known; the
// extended timestamp, which has no zone, comes first for every unpacker that reads it.
struct DosTime {
  std::uint16_t time = 0;
  std::uint16_t date = 0x21;  // 1 January 1980
};

DosTime dos_time_of(core::Timestamp at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date(day);
  if (date.year() < year(1980)) return {};
  if (date.year() > year(2107)) return {0, (127 << 9) | 0x21};
  const hh_mm_ss clock(floor<seconds>(at - day));
  const auto time = (clock.hours().count() << 11) | (clock.minutes().count() << 5) | (clock.seconds().count() / 2);
  const auto years = static_cast<unsigned>(static_cast<int>(date.year()) - 1980);
  return {static_cast<std::uint16_t>(time),
          static_cast<std::uint16_t>((years << 9) | (unsigned(date.month()) << 5) | unsigned(date.day()))};
}

// Left out where its 32 bits end, in January 2038.
Fields time_extra(core::Timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  Fields extra;
  if (seconds < 0 || seconds > std::numeric_limits<std::int32_t>::max()) return extra;
  extra.u16(kExtraTime).u16(5).bytes(Bytes{1}).u32(static_cast<std::uint64_t>(seconds));
  return extra;
}

Fields header_extra(const ZipMember& member) {
  auto extra = time_extra(member.modified_at);
  // Its presence says that the descriptor's sizes have 64 bits; the sizes themselves stand there (section 4.3.9).
  if (is_large(member.size)) extra.u16(kExtra64).u16(16).u64(0).u64(0);
  return extra;
}

Fields directory_extra(const ZipMember& member, std::uint64_t offset) {
  Fields sizes;
  if (is_large(member.size)) sizes.u64(member.size).u64(member.size);
  if (is_large(offset)) sizes.u64(offset);
  auto extra = time_extra(member.modified_at);
  if (sizes.size() > 0) extra.u16(kExtra64).u16(sizes.size()).bytes(sizes.view());
  return extra;
}

// What local headers and directory entries have in common: version needed, flags, method, time.
void put_common(Fields& out, const ZipMember& member, bool is_64) {
  const auto at = dos_time_of(member.modified_at);
  out.u16(is_64 ? kVersion64 : kVersionPlain).u16(kFlags).u16(kStored).u16(at.time).u16(at.date);
}

}  // namespace

ZipLayout::ZipLayout(std::vector<ZipMember> members) : members_(std::move(members)) {
  offsets_.reserve(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    offsets_.push_back(directory_offset_);
    directory_offset_ += header(i).size() + members_[i].size + descriptor(i, 0).size();
  }
  for (std::size_t i = 0; i < members_.size(); ++i) directory_size_ += directory_entry(i, 0).size();
  size_ = directory_offset_ + directory_size_ + directory_end().size();
}

Bytes ZipLayout::header(std::size_t member) const {
  const auto& about = members_.at(member);
  const auto extra = header_extra(about);
  const bool large = is_large(about.size);
  Fields out;
  out.u32(kHeaderSignature);
  put_common(out, about, large);
  out.u32(0).u32(large ? kFull32 : 0).u32(large ? kFull32 : 0);  // in the descriptor
  out.u16(about.name.size()).u16(extra.size()).text(about.name).bytes(extra.view());
  return out.take();
}

Bytes ZipLayout::descriptor(std::size_t member, std::uint32_t crc) const {
  const auto size = members_.at(member).size;
  Fields out;
  out.u32(kDescriptorSignature).u32(crc);
  if (is_large(size)) return out.u64(size).u64(size).take();
  return out.u32(size).u32(size).take();
}

Bytes ZipLayout::directory_entry(std::size_t member, std::uint32_t crc) const {
  const auto& about = members_.at(member);
  const auto offset = offsets_.at(member);
  const auto extra = directory_extra(about, offset);
  Fields out;
  out.u32(kDirectorySignature).u16(kMadeByUnix | kVersion64);
  put_common(out, about, is_large(about.size) || is_large(offset));
  out.u32(crc).u32(low32(about.size)).u32(low32(about.size));
  out.u16(about.name.size()).u16(extra.size());
  out.u16(0).u16(0).u16(0);  // no comment, first disk, no attributes of its own
  out.u32(kAttributes).u32(low32(offset)).text(about.name).bytes(extra.view());
  return out.take();
}

Bytes ZipLayout::directory_end() const {
  const auto count = members_.size();
  Fields out;
  if (count >= kFull16 || is_large(directory_size_) || is_large(directory_offset_)) {
    out.u32(kEnd64Signature).u64(kEnd64Rest).u16(kMadeByUnix | kVersion64).u16(kVersion64).u32(0).u32(0);
    out.u64(count).u64(count).u64(directory_size_).u64(directory_offset_);
    out.u32(kEnd64LocatorSignature).u32(0).u64(directory_offset_ + directory_size_).u32(1);
  }
  const auto short_count = std::min<std::size_t>(count, kFull16);
  out.u32(kEndSignature).u16(0).u16(0).u16(short_count).u16(short_count);
  out.u32(low32(directory_size_)).u32(low32(directory_offset_)).u16(0);
  return out.take();
}

}  // namespace kith::assets
