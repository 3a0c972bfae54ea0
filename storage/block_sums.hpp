#pragma once
// Checksums of content, block by block, so that a part of it can be proven sound before it is sent, without reading the
// whole. They find what disks do to files (XXH3, 64 bits), not what a thief of the disk does; whole content is proven
// by its digest. A file of sums is only a memory of that proof: without one the digest is computed again.
//
// On disk, beside the content as `<digest>.sums`: 8 bytes for each block, then the magic, the content's size and XXH3
// of the sums; all numbers little-endian. Each object belongs to one thread at a time.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "storage/posix_file.hpp"

struct XXH3_state_s;

namespace kith::storage {

// Format. Content of one block needs no file: its digest is as quick.
inline constexpr std::size_t kSumBlock = 256 * 1024;

class Xxh3 {
 public:
  Xxh3();
  void update(core::ByteView bytes);
  std::uint64_t finish();  // and starts afresh
 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

// Makes the sums of content as it comes. What it can't write it gives up: nothing depends on it.
class BlockSumsWriter {
 public:
  // Its unfinished file is `name` in `folder` (borrowed).
  BlockSumsWriter(int folder, std::string name);
  ~BlockSumsWriter();
  BlockSumsWriter(const BlockSumsWriter&) = delete;
  BlockSumsWriter& operator=(const BlockSumsWriter&) = delete;

  void add(core::ByteView bytes);
  // The content is whole: its sums become the file `name` of `folder`, if it has more than one block. Called again, as
  // when the same content is committed once more, it leaves what is there.
  void place(int folder, const std::string& name);

 private:
  void end_block();
  void put(std::uint64_t number);
  void flush();

  const int folder_;
  const std::string name_;
  Descriptor file_;  // made when the first sums don't fit into `pending_`
  core::Bytes pending_;
  Xxh3 block_, all_;
  std::size_t in_block_ = 0;
  std::uint64_t size_ = 0;
  bool given_up_ = false;
  bool placed_ = false;
};

// Sums that are there, for checking.
class BlockSums {
 public:
  // Nothing when there is no such file, or it is not as it was written, or belongs to content of another size.
  [[nodiscard]] static std::optional<BlockSums> open(int folder, const std::string& name, std::uint64_t content_size);
  // Whether the blocks that [offset, offset + length) touches are as they were. internal when the disk fails.
  [[nodiscard]] core::Expected<bool> hold(int content, std::uint64_t offset, std::uint64_t length);

 private:
  BlockSums(Descriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  [[nodiscard]] core::Expected<bool> block_holds(int content, std::uint64_t block);

  Descriptor file_;
  std::uint64_t size_;
  Xxh3 hash_;
};

// Reads exactly `out.size()` bytes; false at the end of the file.
[[nodiscard]] core::Expected<bool> read_exactly(int file, std::uint64_t offset, std::span<std::uint8_t> out);

}  // namespace kith::storage
