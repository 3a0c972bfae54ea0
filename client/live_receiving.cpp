#include "client/live_receiving.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "client/partial_file.hpp"
#include "client/patience.hpp"
#include "client/safe_name.hpp"

namespace kith::client {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;

namespace {

// What is left of a file can't become the whole one any more.
bool is_over(ErrorCode code) {
  return code == ErrorCode::not_authentic || code == ErrorCode::file_changed || code == ErrorCode::sender_gone ||
         code == ErrorCode::not_found;
}

// Files coming into a folder, one after the other.
class LiveReceiving {
 public:
  LiveReceiving(LiveVisit& visit, const LiveReceiveCommand& command, const Output& output,
                std::vector<LiveChoice> choices)
      : visit_(visit),
        command_(command),
        output_(output),
        quiet_(command.quiet || output.json()),
        choices_(std::move(choices)) {}

  Expected<void> run() {
    for (; done_ < choices_.size(); ++done_) {
      KITH_TRY(check_interruption());
      KITH_TRY(get(choices_[done_]));
    }
    output_.document({{"files", files_}});
    return {};
  }

 private:
  const LiveFile& file_of(const LiveChoice& choice) const { return visit_.offer().files[choice.number]; }

  Expected<void> get(const LiveChoice& choice) {
    const auto& file = file_of(choice);
    KITH_TRY_ASSIGN(partial, PartialFile::open_marked(command_.folder,
                                                      visit_.offer().live_id + "-" + std::to_string(choice.number)));
    KITH_TRY(check_room(file, choice.name, partial->size()));
    Progress progress(label(choice.name), file.size.value_or(0),
                      quiet_ ? Progress::Display::none : Progress::Display::terminal);
    auto fetched = fetch(choice, *partial, progress);
    if (!fetched) return given_up(std::move(fetched.error()), file, *partial, progress);
    progress.clear();
    if (auto kept = partial->keep_only_as(choice.name, PartialFile::Taken::is_refused); !kept) {
      (void)visit_.give_up(fetched->asked);
      return kept;
    }
    confirm(visit_, *fetched, progress);
    return tell(choice, *fetched);
  }

  Expected<void> check_interruption() const {
    auto& interruption = visit_.http().interruption();
    if (!interruption.came() && !interruption.has_come()) return {};
    return core::fail(ErrorCode::conflict, "Interrupted.");
  }

  // What an earlier run left is made use of; if it turns out to be of no use, all is fetched anew.
  Expected<LiveFetched> fetch(const LiveChoice& choice, PartialFile& partial, Progress& progress) {
    bool was_left_damaged = false;
    auto fetched = fetch_once(choice, partial, progress, was_left_damaged);
    if (fetched || !was_left_damaged) return fetched;
    progress.say("What an earlier run left is damaged: getting all of it anew.");
    KITH_TRY(partial.cut(0));
    return fetch_once(choice, partial, progress, was_left_damaged);
  }

  Expected<LiveFetched> fetch_once(const LiveChoice& choice, PartialFile& partial, Progress& progress,
                                   bool& was_left_damaged) {
    KITH_TRY_ASSIGN(left, left_over(file_of(choice), partial));
    const auto had = left ? left->bytes() : 0;
    if (had > 0 && !quiet_) progress.say("Going on behind " + size_text(had) + " that are here already.");
    BackgroundWriter writer([&partial](core::ByteView bytes) { return partial.append(bytes); });
    LiveFetch fetch(visit_, choice.number, std::move(left), writer, progress, random_);
    auto fetched = fetch.run();
    was_left_damaged = !fetched && had > 0 && fetch.failed_at_end();
    return fetched;
  }

  // The whole pieces that an earlier run left. A stream begins anew each time: nobody can go back in it.
  Expected<std::optional<LivePieces>> left_over(const LiveFile& file, PartialFile& partial) {
    if (!file.size) {
      KITH_TRY(partial.cut(0));
      return std::nullopt;
    }
    KITH_TRY_ASSIGN(pieces, LivePieces::begin(file.size, live_chunks(*file.size)));
    KITH_TRY(partial.cut(partial.size() > *file.size ? 0 : partial.size() / kLivePiece * kLivePiece));
    core::Bytes buffer(kLivePiece);
    for (std::uint64_t at = 0; at < partial.size(); at += buffer.size()) {
      KITH_TRY(check_interruption());
      KITH_TRY_ASSIGN(count, partial.read(at, buffer));
      if (count < buffer.size()) return core::fail(ErrorCode::internal, "what was received became shorter");
      KITH_TRY(pieces.had(buffer));
    }
    return std::optional(std::move(pieces));
  }

  core::Unexpected given_up(core::Error error, const LiveFile& file, PartialFile& partial, Progress& progress) {
    const bool is_of_use = file.size && partial.size() > 0 && !is_over(error.code);
    if (!is_of_use) partial.discard();
    if (is_of_use && !quiet_)
      progress.say(
          "What came of it is kept: as long as the sender stays, the same command" +
          (done_ > 0 ? " with" + file_options({choices_.begin() + static_cast<std::ptrdiff_t>(done_), choices_.end()})
                     : std::string()) +
          " goes on.");
    return tl::make_unexpected(explained(std::move(error), "Nothing of it was kept."));
  }

  // Rather told now than in an hour; a lie about the size fills no disk either.
  Expected<void> check_room(const LiveFile& file, const std::string& name, std::uint64_t had) const {
    std::error_code error;
    const auto space = fs::space(command_.folder, error);
    const auto size = file.size.value_or(0);
    if (error || space.available >= size - std::min(size, had)) return {};
    return core::fail(ErrorCode::storage_full, name + " has " + live_size_text(file) + ", but there is room for " +
                                                   size_text(space.available) +
                                                   " only. Make room, or save elsewhere with -o.");
  }

  std::string label(const std::string& name) const {
    if (choices_.size() == 1) return name;
    return std::to_string(done_ + 1) + " of " + std::to_string(choices_.size()) + " " + name;
  }

  Expected<void> tell(const LiveChoice& choice, const LiveFetched& fetched) {
    const auto path = (fs::path(command_.folder) / choice.name).string();
    output_.done(printable(path), label(choice.name) + " is here (" + size_text(fetched.bytes) + ").", quiet_);
    files_.push_back({{"name", file_of(choice).name},
                      {"path", path},
                      {"size", fetched.bytes},
                      {"digest", core::digest_text(fetched.digest)}});
    return {};
  }

  LiveVisit& visit_;
  const LiveReceiveCommand& command_;
  const Output& output_;
  const bool quiet_;
  const std::vector<LiveChoice> choices_;
  std::size_t done_ = 0;  // of them
  core::SystemRandom random_;
  core::Json files_ = core::Json::array();
};

}  // namespace

Expected<void> save_live_files(LiveVisit& visit, const LiveReceiveCommand& command, std::vector<LiveChoice> choices,
                               const Output& output) {
  return LiveReceiving(visit, command, output, std::move(choices)).run();
}

core::Error explained(core::Error error, const std::string& kept) {
  const auto why = error.detail.empty() ? std::string("What came is not what was sent.") : error.detail;
  switch (error.code) {
    case ErrorCode::not_authentic:
      error.detail = why + " Somebody in between changed it, or this is not the link that was made. " + kept;
      break;
    case ErrorCode::file_changed:
      error.detail = "The file is another one at the sender by now. Ask them to send it again. " + kept;
      break;
    case ErrorCode::sender_gone:
    case ErrorCode::not_found:
      error.detail = "The sender is gone, and the link is dead. Ask them to send it again. " + kept;
      break;
    case ErrorCode::transfer_ended:
      error.detail = "The transfer was ended: by the sender, or because nothing moved for 5 minutes.";
      break;
    default:
      break;
  }
  return error;
}

void confirm(LiveVisit& visit, const LiveFetched& fetched, Progress& progress) {
  Patience patience(visit.http().interruption(), progress);
  for (;;) {
    const auto told = visit.confirm(fetched.asked, fetched.receipt);
    if (told) return;
    if (patience.another_try(told.error(), 0)) continue;
    progress.say("It is here, but the sender could not be told. " + told.error().detail);
    return;
  }
}

}  // namespace kith::client
