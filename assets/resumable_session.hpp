#pragma once
// The writing of one request into a resumable upload. Sees to it that what has come is durable every few MiB and at the
// end, however the request ends, and that a whole upload gets its name. For assets/ only.
//
// Thread-safe: break_off() comes from a newer request or a sweep while the older one writes.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "assets/resumable.hpp"
#include "assets/upload_checksum.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "storage/partial_content.hpp"

namespace kith::assets {

// What the sessions work with; borrowed, and constant once requests come.
struct ResumableSurroundings {
  storage::Database& database;
  storage::PartialContents& partials;
  Arrivals& arrivals;
  const core::Clock& clock;
  core::Logger log;
  std::map<std::string, UploadTarget, std::less<>> targets;
};

class ResumableSession {
 public:
  explicit ResumableSession(const ResumableSurroundings& surroundings);
  ~ResumableSession() { break_off(); }
  ResumableSession(const ResumableSession&) = delete;
  ResumableSession& operator=(const ResumableSession&) = delete;

  // Opens the content of `upload` for writing; a finished one is there only to be told of. gone when the content is
  // lost, too_many_requests when as many uploads run as may, locked after break_off().
  [[nodiscard]] core::Expected<void> start(ResumableUpload upload, std::optional<UploadChecksum> checksum);
  // too_large beyond the declared size; locked after break_off().
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  // The request is complete; where the upload is whole, it has its name when this answers. checksum_mismatch: nothing
  // of this request stays. Ends the session, well or not.
  [[nodiscard]] core::Expected<ResumableUpload> finish();
  // The request broke off: what came stays, unless it came with a checksum. Does nothing after the end.
  void break_off();

  // Nothing has come for so long that the client may be gone.
  bool is_stalled() const;

 private:
  [[nodiscard]] core::Expected<void> take(core::ByteView piece);
  [[nodiscard]] core::Expected<ResumableUpload> finish_now();
  [[nodiscard]] core::Expected<void> save();
  [[nodiscard]] core::Expected<void> complete();
  void end();

  class Busy;
  const ResumableSurroundings& surroundings_;
  std::atomic<bool> busy_ = true;  // until start() is done, and within the other calls
  std::atomic<std::chrono::steady_clock::time_point> active_at_;
  std::mutex mutex_;  // guards all below
  ResumableUpload upload_;
  std::unique_ptr<Reservation> place_;              // gone after the end
  std::unique_ptr<storage::PartialWriter> writer_;  // likewise
  std::optional<RunningChecksum> checksum_;
  std::chrono::steady_clock::time_point saved_at_;
  bool ended_ = false;
};

}  // namespace kith::assets
