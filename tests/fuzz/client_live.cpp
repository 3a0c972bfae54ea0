// What a server sends in live transfers: the sender's events, the receiver's stream and the listing. The first byte
// says into which pieces the rest is cut, so that lines and chunks break anywhere.

#include <cstdlib>

#include "client/limits.hpp"
#include "client/live_chunks.hpp"
#include "client/live_events.hpp"
#include "client/live_lines.hpp"
#include "client/live_saving.hpp"
#include "client/live_visit.hpp"
#include "core/id.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// What was read, in order: it must not depend on the pieces.
class Recorder final : public client::LiveTaker {
 public:
  core::Expected<void> take_opening(const client::LiveOpening& opening) override {
    require(!opening.terms.chunks || *opening.terms.chunks > 0);
    seen += "opening " + std::to_string(opening.terms.from) + "\n";
    return {};
  }
  core::Expected<void> take_chunk(std::uint64_t number, core::Bytes& sealed) override {
    require(sealed.size() >= core::kAeadTag && sealed.size() <= client::kLiveSealedPiece);
    seen += "chunk " + std::to_string(number) + " " + std::string(core::as_text(sealed)) + "\n";
    sealed = {};
    return {};
  }
  core::Expected<void> take_sender(bool is_here) override {
    seen += is_here ? "here\n" : "away\n";
    return {};
  }
  std::string seen;
};

std::string lines(core::ByteView stream, std::size_t piece) {
  Recorder recorder;
  client::LiveLineReader reader(recorder);
  for (; !stream.empty(); stream = stream.subspan(std::min(piece, stream.size()))) {
    const auto read = reader.read(stream.first(std::min(piece, stream.size())));
    if (read) continue;
    require(read.error().detail.find('\x1b') == std::string::npos);
    recorder.seen += "error";
    break;
  }
  return recorder.seen;
}

struct Look {
  std::string& seen;
  void operator()(const client::LiveHello& notice) const {
    for (const auto& id : notice.request_ids) require(core::is_ulid(id));
    seen += "hello\n";
  }
  void operator()(const client::LiveWanted& notice) const {
    require(core::is_ulid(notice.request_id) && notice.file < client::kMaxFiles);
    seen += "wanted " + std::to_string(notice.from) + "\n";
  }
  void operator()(const client::LiveOver& notice) const { seen += notice.reason + "\n"; }
  template <class Other>
  void operator()(const Other& notice) const {
    require(core::is_ulid(notice.request_id));
    seen += "other\n";
  }
};

std::string events(std::string_view stream, std::size_t piece) {
  std::string seen;
  client::LiveEventReader reader([&](const client::LiveNotice& notice) -> core::Expected<void> {
    std::visit(Look{seen}, notice);
    return {};
  });
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size())))
    if (!reader.read(stream.substr(0, piece))) return seen + "error";
  return seen;
}

void look_at_listing(std::string_view body) {
  const auto listing = client::parse_live_listing(body);
  if (!listing) return;
  require(core::is_ulid(listing->offer.live_id) && listing->offer.from.find('\x1b') == std::string::npos);
  const auto choices = client::choose_live_files(listing->offer.files, {});
  require(choices && choices->size() == listing->offer.files.size());
  for (const auto& choice : *choices) require(choice.name.find('/') == std::string::npos && choice.name != "..");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{1} + data[0];
  const core::ByteView rest(data + 1, size - 1);
  const auto text = core::as_text(rest);
  require(lines(rest, piece) == lines(rest, size));
  require(events(text, piece) == events(text, size));
  look_at_listing(text);
  return 0;
}
