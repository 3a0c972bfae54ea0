#pragma once
// Photos are looked at by another program, kith-photo (photo/main.cpp): one process a photo, which gets the photo open
// for reading and a pipe for its answer, and nothing else; it is killed when it takes too long or says too much.
//
// Thread-safe; calls block until the process has ended.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>

#include "assets/photo_answer.hpp"
#include "core/log.hpp"
#include "storage/blob_store.hpp"
#include "storage/posix_file.hpp"

namespace kith::assets {

class PhotoReader {
 public:
  virtual ~PhotoReader() = default;
  // unsupported_media_type: it is none that can be shown, now or later. busy: nothing was tried. Anything else: this
  // photo went wrong this time.
  [[nodiscard]] virtual core::Expected<ExaminedPhoto> examine(storage::BlobReader& photo) = 0;
  // Running and later calls answer busy.
  virtual void stop() {}
};

class PhotoProgram final : public PhotoReader {
 public:
  static constexpr std::chrono::seconds kPatience{60};

  // `program` empty: it is nowhere, and every call answers busy.
  PhotoProgram(std::filesystem::path program, core::Logger log, std::chrono::milliseconds patience = kPatience);
  [[nodiscard]] core::Expected<ExaminedPhoto> examine(storage::BlobReader& photo) override;
  void stop() override;

  // kith-photo beside the running program, or in ../libexec/kith from there; empty where it is in neither place.
  static std::filesystem::path beside_this_program();

 private:
  class Run;
  core::Unexpected unusable(const std::string& why);

  const std::filesystem::path program_;
  const core::Logger log_;
  const std::chrono::milliseconds patience_;
  storage::Descriptor stopped_;  // an eventfd, readable once stop() was called
  std::atomic<bool> warned_ = false;
};

}  // namespace kith::assets
