#pragma once
// One file of a live transfer, asked for and taken until it is whole, over as many connections as it takes. Opens and
// checks on the caller's thread; content goes on to a BackgroundWriter. One thread.

#include <optional>

#include "client/background_writer.hpp"
#include "client/live_chunks.hpp"
#include "client/live_lines.hpp"
#include "client/live_visit.hpp"
#include "client/progress.hpp"
#include "core/random.hpp"

namespace kith::client {

// A file that came whole, and how the sender is told.
struct LiveFetched {
  core::Digest digest;
  std::uint64_t bytes = 0;
  LiveAsked asked;
  core::Mac receipt;
};

class LiveFetch final : private LiveTaker, private DownloadSink {
 public:
  // Borrows all but `had`: what an earlier run left, for a file whose size is known.
  LiveFetch(LiveVisit& visit, std::uint64_t file, std::optional<LivePieces> had, BackgroundWriter& writer,
            Progress& progress, core::Random& random);

  // Asks for it, and takes chunks until the last; all is written then. Errors: not_authentic for what the sender can't
  // have sent; what the stream tells of; those of Http::run and of the writer. The request is given up then. Once.
  [[nodiscard]] core::Expected<LiveFetched> run();
  // run() failed at the digest of the whole: what an earlier run left may be to blame.
  bool failed_at_end() const { return failed_at_end_; }

 private:
  core::Expected<void> ask();
  core::Expected<void> stream();
  core::Expected<void> take_all();
  std::uint64_t next() const { return pieces_ ? pieces_->next() : 0; }
  std::uint64_t bytes() const { return pieces_ ? pieces_->bytes() : 0; }
  bool is_whole() const { return pieces_ && pieces_->digest(); }

  core::Expected<void> begin(std::uint64_t from) override;
  core::Expected<void> write(core::ByteView piece) override;
  core::Expected<void> take_opening(const LiveOpening& opening) override;
  core::Expected<void> take_chunk(std::uint64_t number, core::Bytes& sealed) override;
  core::Expected<void> take_sender(bool is_here) override;

  LiveVisit& visit_;
  const std::uint64_t file_;
  BackgroundWriter& writer_;
  Progress& progress_;
  const core::BoxKeyPair own_;
  std::optional<LivePieces> pieces_;  // nothing before the first opening where the size is not known
  std::optional<LiveAsked> asked_;
  std::optional<LiveLineReader> reader_;  // of the connection
  std::optional<LiveCipher> cipher_;      // of the newest opening
  std::optional<LiveReceiptKey> receipt_key_;
  bool is_sender_away_ = false;
  bool failed_at_end_ = false;
};

}  // namespace kith::client
