#pragma once
// What a photo says beside its picture, left out without encoding the picture anew and without a second copy: a plan
// tells which ranges of the original stay and what little stands in the place of others, and StrippedReader reads
// accordingly. Planning reads headers and metadata only, never the picture, and holds its own against hostile files:
// what it does not understand fully is an error, never left in. Pure functions. A StripPlan is a value.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "storage/blob_store.hpp"

namespace kith::assets {

// location: where it was taken goes, and with it all blocks that may repeat it (XMP, IPTC, notes of the camera's
// maker); time, camera and the rest of Exif stay. all: everything goes that is not needed to show the picture right.
enum class StripMode { location, all };

// "location", "all": as in requests and rows.
std::string_view strip_mode_name(StripMode mode);
std::optional<StripMode> strip_mode_from_name(std::string_view name);

// A part of the result: `size` bytes that are a range of the original, written out here, or all zero.
struct StripPiece {
  enum class From { original, literal, zeros };
  From from = From::original;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  // in the original
  core::Bytes literal;
};

// Pieces in order, none empty.
struct StripPlan {
  std::vector<StripPiece> pieces;
  std::uint64_t size = 0;  // of all pieces
  bool unchanged = false;  // the result is the original for certain; else it may be as well
};

// True for the kinds of picture that plan_strip knows.
bool can_plan_strip(std::string_view media_type);

// unsupported_media_type when it can't be left out of this kind of file or of this very file (damaged, or built in a
// way that is not understood); internal when reading fails. At most kMaxStripPieces pieces, kMaxStripLiteral literal
// bytes.
[[nodiscard]] core::Expected<StripPlan> plan_strip(storage::BlobReader& original, std::string_view media_type,
                                                   StripMode mode);

// The result of a plan as content: random access, no file descriptor (the original itself when it is unchanged). One
// thread at a time, like every BlobReader.
std::shared_ptr<storage::BlobReader> read_stripped(std::shared_ptr<storage::BlobReader> original,
                                                   std::shared_ptr<const StripPlan> plan);

}  // namespace kith::assets
