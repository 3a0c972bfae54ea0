#include "client/live_fetch.hpp"

#include "client/patience.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr const char* kAway = "The sender's connection broke. Waiting for them, 5 minutes at most.";

core::Unexpected not_authentic(const char* what) {
  return core::fail(ErrorCode::not_authentic, what);
}

}  // namespace

LiveFetch::LiveFetch(LiveVisit& visit, std::uint64_t file, std::optional<LivePieces> had, BackgroundWriter& writer,
                     Progress& progress, core::Random& random)
    : visit_(visit),
      file_(file),
      writer_(writer),
      progress_(progress),
      own_(core::BoxKeyPair::generate(random)),
      pieces_(std::move(had)) {}

Expected<LiveFetched> LiveFetch::run() {
  auto taken = take_all();
  if (taken) taken = writer_.settle();
  if (taken) {
    const auto digest = *pieces_->digest();
    return LiveFetched{digest, bytes(), *asked_, live_receipt_mac(*receipt_key_, asked_->request_id, digest)};
  }
  // Best effort: where this fails too, the sender finds out by itself.
  if (asked_ && taken.error().code != ErrorCode::peer_unreachable) (void)visit_.give_up(*asked_);
  return tl::make_unexpected(std::move(taken.error()));
}

Expected<void> LiveFetch::take_all() {
  Patience patience(visit_.http().interruption(), progress_);
  for (;;) {
    auto done = asked_ ? stream() : ask();
    if (is_whole()) return {};
    if (done && reader_) done = core::fail(ErrorCode::peer_unreachable, "The connection ended too early.");
    if (!done && !patience.another_try(done.error(), bytes())) return done;
  }
}

Expected<void> LiveFetch::ask() {
  KITH_TRY_ASSIGN(asked, visit_.ask(file_, own_.public_key, next()));
  asked_ = std::move(asked);
  if (visit_.offer().sender_here) return {};
  is_sender_away_ = true;
  progress_.say("The sender is not there right now. Waiting for them, 5 minutes at most.");
  return {};
}

Expected<void> LiveFetch::stream() {
  reader_.emplace(static_cast<LiveTaker&>(*this));
  return visit_.stream(*asked_, next(), *this);
}

Expected<void> LiveFetch::begin(std::uint64_t) {
  return {};
}

Expected<void> LiveFetch::write(core::ByteView piece) {
  return reader_->read(piece);
}

Expected<void> LiveFetch::take_opening(const LiveOpening& opening) {
  const LiveBinding binding{visit_.offer().live_id, asked_->request_id, file_, own_.public_key, opening.sender_key};
  if (!core::mac_equal(opening.mac, live_sender_mac(visit_.auth_key(), binding, opening.terms)))
    return not_authentic("The sender's key does not fit the secret in the link.");
  if (!pieces_) {
    KITH_TRY_ASSIGN(pieces, LivePieces::begin(visit_.offer().files[file_].size, opening.terms.chunks));
    pieces_ = std::move(pieces);
  }
  KITH_TRY(pieces_->reopened(opening.terms.chunks, opening.terms.from));
  KITH_TRY_ASSIGN(keys, live_keys(own_.secret_key, opening.sender_key, visit_.secret(), opening.terms.salt, binding));
  cipher_.emplace(keys.content, asked_->request_id);
  receipt_key_ = std::move(keys.receipt);
  return take_sender(true);
}

Expected<void> LiveFetch::take_chunk(std::uint64_t number, core::Bytes& sealed) {
  if (!cipher_) return not_authentic("Content came before the sender's key.");
  if (is_whole()) return not_authentic("More came behind the end of the file.");
  auto piece = pieces_->take(*cipher_, number, sealed);
  if (!piece) {
    failed_at_end_ = sealed.size() == kLiveSealedClosing;
    return tl::make_unexpected(std::move(piece.error()));
  }
  progress_.at(bytes());
  if (piece->empty()) return {};
  return writer_.bring(sealed, *piece);
}

// Told once a change: a new connection begins with how it is.
Expected<void> LiveFetch::take_sender(bool is_here) {
  if (std::exchange(is_sender_away_, !is_here) != is_here) return {};
  progress_.say(is_here ? "The sender is there again." : kAway);
  return {};
}

}  // namespace kith::client
