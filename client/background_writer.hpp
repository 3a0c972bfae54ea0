#pragma once
// Writes on a thread of its own what another thread brings, in order, so that the disk works while the network does.
// Brought by one thread; it starts one, which ends with it.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::client {

class BackgroundWriter {
 public:
  // Called on its thread, with what was brought, in order, until it fails.
  using Write = std::function<core::Expected<void>(core::ByteView bytes)>;
  explicit BackgroundWriter(Write write);
  // What was not written yet is dropped.
  ~BackgroundWriter();
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  // Takes `buffer` for `part` of it, and leaves another one in its place, whose content and size say nothing. Waits
  // while too much is to be written. The error of what could not be written.
  [[nodiscard]] core::Expected<void> bring(core::Bytes& buffer, core::ByteView part);
  // Waits until all is written.
  [[nodiscard]] core::Expected<void> settle();

 private:
  struct Block {
    core::Bytes buffer;
    core::ByteView part;  // of it
  };
  void work();
  core::Expected<void> outcome() const;

  const Write write_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable brought_, written_;
  std::deque<Block> blocks_;
  std::vector<core::Bytes> spare_;
  std::optional<core::Error> error_;
  bool is_writing_ = false;
  bool ends_ = false;

  std::thread thread_;
};

}  // namespace kith::client
