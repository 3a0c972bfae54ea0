#include "storage/block_sums.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace kith::storage {

namespace {

constexpr std::uint64_t kMagic = 0x3130736d75736b;  // "ksums01"
constexpr std::size_t kNumber = 8;                  // bytes of each number in the file
constexpr std::size_t kFooter = 3 * kNumber;
constexpr std::size_t kPending = 64 * 1024;
constexpr std::size_t kScratch = 64 * 1024;

std::uint64_t blocks_of(std::uint64_t size) {
  return size / kSumBlock + (size % kSumBlock != 0 ? 1 : 0);
}

std::uint64_t number_at(const std::uint8_t* bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumber; i-- > 0;) number = number << 8 | bytes[i];
  return number;
}

core::Expected<std::uint64_t> hash_of_sums(int file, std::uint64_t length) {
  Xxh3 hash;
  std::array<std::uint8_t, kScratch> scratch;
  for (std::uint64_t at = 0; at < length;) {
    const auto part =
        std::span(scratch).first(static_cast<std::size_t>(std::min<std::uint64_t>(kScratch, length - at)));
    KITH_TRY_ASSIGN(whole, read_exactly(file, at, part));
    if (!whole) break;
    hash.update(part);
    at += part.size();
  }
  return hash.finish();
}

}  // namespace

core::Expected<bool> read_exactly(int file, std::uint64_t offset, std::span<std::uint8_t> out) {
  for (std::size_t done = 0; done < out.size();) {
    const auto count = ::pread(file, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot read content", errno);
    if (count == 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

Xxh3::Xxh3() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_64bits_reset(state_.get());
}

void Xxh3::Free::operator()(XXH3_state_s* state) const {
  XXH3_freeState(state);
}

void Xxh3::update(core::ByteView bytes) {
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

std::uint64_t Xxh3::finish() {
  const auto value = XXH3_64bits_digest(state_.get());
  XXH3_64bits_reset(state_.get());
  return value;
}

BlockSumsWriter::BlockSumsWriter(int folder, std::string name) : folder_(folder), name_(std::move(name)) {}

BlockSumsWriter::~BlockSumsWriter() {
  if (file_) (void)::unlinkat(folder_, name_.c_str(), 0);
}

void BlockSumsWriter::add(core::ByteView bytes) {
  if (given_up_) return;
  size_ += bytes.size();
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), kSumBlock - in_block_));
    block_.update(part);
    in_block_ += part.size();
    bytes = bytes.subspan(part.size());
    if (in_block_ == kSumBlock) end_block();
  }
}

void BlockSumsWriter::end_block() {
  put(block_.finish());
  in_block_ = 0;
}

void BlockSumsWriter::put(std::uint64_t number) {
  const auto start = pending_.size();
  for (std::size_t i = 0; i < kNumber; ++i) pending_.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  all_.update(core::ByteView(pending_).subspan(start));
  if (pending_.size() >= kPending) flush();
}

void BlockSumsWriter::flush() {
  if (!file_ && !given_up_)
    file_ = Descriptor(::openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file_ || !give_to_owner_of(folder_, file_.get())) given_up_ = true;
  core::ByteView left(pending_);
  while (!given_up_ && !left.empty()) {
    const auto count = ::write(file_.get(), left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      given_up_ = true;
    else
      left = left.subspan(static_cast<std::size_t>(count));
  }
  pending_.clear();
}

void BlockSumsWriter::place(int folder, const std::string& name) {
  if (given_up_ || placed_ || size_ <= kSumBlock) return;
  placed_ = true;
  if (in_block_ > 0) end_block();
  const auto check = all_.finish();
  for (const auto number : {kMagic, size_, check}) put(number);
  flush();
  if (given_up_ || ::renameat(folder_, name_.c_str(), folder, name.c_str()) != 0) return;
  file_ = Descriptor();
}

std::optional<BlockSums> BlockSums::open(int folder, const std::string& name, std::uint64_t content_size) {
  Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  const auto length = blocks_of(content_size) * kNumber;
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<std::uint64_t>(status.st_size) != length + kFooter)
    return std::nullopt;
  std::array<std::uint8_t, kFooter> footer;
  const auto whole = read_exactly(file.get(), length, footer);
  if (!whole || !*whole || number_at(footer.data()) != kMagic || number_at(footer.data() + kNumber) != content_size)
    return std::nullopt;
  const auto check = hash_of_sums(file.get(), length);
  if (!check || *check != number_at(footer.data() + 2 * kNumber)) return std::nullopt;
  return BlockSums(std::move(file), content_size);
}

core::Expected<bool> BlockSums::hold(int content, std::uint64_t offset, std::uint64_t length) {
  const auto end = std::min(size_, offset + length);
  for (auto block = offset / kSumBlock; block * kSumBlock < end; ++block) {
    KITH_TRY_ASSIGN(holds, block_holds(content, block));
    if (!holds) return false;
  }
  return true;
}

core::Expected<bool> BlockSums::block_holds(int content, std::uint64_t block) {
  std::array<std::uint8_t, kScratch> scratch;
  (void)hash_.finish();  // what an earlier failure left
  const auto end = std::min(size_, (block + 1) * kSumBlock);
  for (auto at = block * kSumBlock; at < end;) {
    const auto part = std::span(scratch).first(static_cast<std::size_t>(std::min<std::uint64_t>(kScratch, end - at)));
    KITH_TRY_ASSIGN(whole, read_exactly(content, at, part));
    if (!whole) return false;
    hash_.update(part);
    at += part.size();
  }
  std::array<std::uint8_t, kNumber> sum;
  KITH_TRY_ASSIGN(there, read_exactly(file_.get(), block * kNumber, sum));
  return there && hash_.finish() == number_at(sum.data());
}

}  // namespace kith::storage
