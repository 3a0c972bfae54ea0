#include "assets/live_listing.hpp"

#include <algorithm>

#include "assets/file_name.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t kLongestType = 100;

bool is_type(std::string_view text) {
  return !text.empty() && text.size() <= kLongestType &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

core::Expected<void> check_live_files(const std::vector<LiveFile>& files) {
  if (files.empty() || files.size() > kLiveFiles)
    return fail(ErrorCode::bad_request, "offer 1 to " + std::to_string(kLiveFiles) + " files");
  for (const auto& file : files) {
    KITH_TRY(check_file_name(file.name));
    if (!is_type(file.media_type))
      return fail(ErrorCode::bad_request, "a file's type is 1 to 100 printable ASCII characters");
    if (file.size && *file.size > kLiveLargestFile)
      return fail(ErrorCode::bad_request, "a file is larger than live transfers carry");
  }
  return {};
}

std::uint64_t live_chunks_of(std::uint64_t size) {
  return size / kLivePieceBytes + (size % kLivePieceBytes == 0 ? 0 : 1) + 1;
}

}  // namespace kith::assets
