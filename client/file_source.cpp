#include "client/file_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "client/safe_name.hpp"

namespace kith::client {

using core::ErrorCode;
using core::Expected;

namespace {

constexpr std::uint64_t kRoom = core::kCodingRecord - core::kCodingOverhead;
constexpr std::uint8_t kMoreFollow = 1, kLast = 2;  // RFC 8188, section 2

}  // namespace

Expected<std::unique_ptr<FileSource>> FileSource::open(const std::string& path) {
  const auto fail = [&](ErrorCode code, const std::string& why) {
    return core::fail(code, "Can't send " + printable(path) + ": " + why);
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // not to hang on a FIFO
  if (file < 0) return fail(ErrorCode::not_found, std::strerror(errno));
  struct stat status {};
  const bool is_file = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const auto name = path.substr(path.rfind('/') + 1);
  std::unique_ptr<FileSource> source(new FileSource(file, status, name));
  if (!is_file)
    return fail(ErrorCode::bad_request, "only files can be sent; pack a folder first, for example with zip.");
  return source;
}

FileSource::~FileSource() {
  ::close(file_);
}

bool FileSource::has_changed() const {
  struct stat now {};
  return ::fstat(file_, &now) != 0 || now.st_size != status_.st_size || now.st_mtim.tv_sec != status_.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != status_.st_mtim.tv_nsec;
}

Expected<std::size_t> FileSource::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size() - std::min(offset, size())));
  std::size_t done = 0;
  while (done < wanted) {
    const auto count = ::pread(file_, out.data() + done, wanted - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      return core::fail(ErrorCode::internal, "Can't read " + printable(name_) + ": " + std::strerror(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  if (done < wanted || has_changed())
    return core::fail(ErrorCode::conflict, printable(name_) + " changed while it was sent. Send it again.");
  return done;
}

SealedSource::SealedSource(UploadSource& plain, const ContentKey& key, const core::CodingSalt& salt)
    : plain_(plain), cipher_(key.view(), salt), header_(core::to_bytes(salt.view())) {
  for (int shift = 24; shift >= 0; shift -= 8)
    header_.push_back(static_cast<std::uint8_t>(core::kCodingRecord >> shift));
  header_.push_back(0);
}

Expected<std::size_t> SealedSource::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size() && offset < size()) {
    core::ByteView part(header_);
    auto within = offset;
    if (offset >= header_.size()) {
      const auto number = (offset - header_.size()) / core::kCodingRecord;
      if (number_ != number) KITH_TRY(make_record(number));
      part = record_;
      within = (offset - header_.size()) % core::kCodingRecord;
    }
    part = part.subspan(static_cast<std::size_t>(within));
    const auto count = std::min(part.size(), out.size() - done);
    std::copy_n(part.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += count;
    offset += count;
  }
  return done;
}

Expected<void> SealedSource::make_record(std::uint64_t number) {
  number_.reset();
  const auto begin = number * kRoom;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(kRoom, plain_.size() - begin));
  record_.assign(size + core::kCodingOverhead, 0);
  KITH_TRY_ASSIGN(count, plain_.read(begin, std::span(record_).first(size)));
  if (count != size) return core::fail(ErrorCode::internal, "a file became shorter");
  record_[size] = begin + size == plain_.size() ? kLast : kMoreFollow;
  cipher_.seal(number, record_);
  number_ = number;
  return {};
}

}  // namespace kith::client
