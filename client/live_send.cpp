// kith live send: makes the offer, says the link, and stays until it is over.

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/live_commands.hpp"
#include "client/live_listener.hpp"
#include "client/progress.hpp"
#include "client/qr_code.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::chrono::milliseconds kTick{100};
constexpr const char* kMediaType = "application/octet-stream";

Expected<LiveOffered> offered(const std::string& path, const LiveSendCommand& command, const StopSignal& stop) {
  if (path == "-") return LiveOffered{command.name, std::make_unique<LiveStreamSource>(STDIN_FILENO, stop)};
  auto name = std::filesystem::path(path).filename().string();
  KITH_TRY_ASSIGN(source, LiveFileSource::open(path));
  if (!core::is_valid_utf8(name))
    return core::fail(ErrorCode::bad_request, "The name of " + printable(path) + " is no UTF-8. Rename it first.");
  return LiveOffered{std::move(name), std::move(source)};
}

Expected<std::vector<LiveOffered>> offer_of(const LiveSendCommand& command, const StopSignal& stop) {
  std::vector<LiveOffered> files;
  for (const auto& path : command.files) {
    KITH_TRY_ASSIGN(file, offered(path, command, stop));
    files.push_back(std::move(file));
  }
  return files;
}

LiveOfferSecrets make_secrets(core::Random& random) {
  LiveSecret secret;
  random.fill(secret.writable());
  auto auth_key = live_auth_key(secret);
  return {std::move(secret), std::move(auth_key)};
}

Expected<LiveMade> make_offer(Api& api, const std::vector<LiveOffered>& files, const LiveOfferSecrets& secrets) {
  std::vector<LiveFile> listing;
  for (const auto& file : files) listing.push_back({file.name, file.source->size(), kMediaType});
  return make_live_offer(api, listing, live_files_mac(secrets.auth_key, listing));
}

void print_link(const LiveMade& made, const std::string& link, bool once, bool quiet, const Output& output) {
  output.document({{"link", link}, {"live_id", made.live_id}, {"expires_at", made.expires_at}});
  output.line(link);
  if (quiet || output.json()) return;
  if (::isatty(STDERR_FILENO) == 1) std::cerr << qr_code(link);
  Output::notice(std::string("Whoever opens this link gets it from here, as long as this runs") +
                 (once ? ", which is until all was received. " : ". Ctrl-C ends it. ") + "Good until " +
                 time_text(made.expires_at) + ".");
}

// What is under way as one line, redrawn as it changes.
class LiveProgress {
 public:
  explicit LiveProgress(bool quiet) : quiet_(quiet) {}

  void show(const LiveSender::Status& status, const std::vector<std::string>& news) {
    if (quiet_) return;
    const auto label = status.transfers == 1 ? status.name : std::to_string(status.transfers) + " transfers";
    if (!news.empty() || label != label_ || status.total != total_) line_.reset();
    for (const auto& text : news) Output::notice(text);
    label_ = label;
    total_ = status.total;
    if (status.transfers == 0) return;
    if (!line_) line_.emplace(label_, total_);
    line_->at(status.position);
  }

 private:
  const bool quiet_;
  std::string label_;
  std::uint64_t total_ = 0;
  std::optional<Progress> line_;
};

// Until the desk says that it is over, or a signal comes. Standard input and --once are over when all was received.
Expected<void> stay(LiveSender& sender, LiveDesk& desk, Interruption& interruption, const LiveSendCommand& command,
                    bool once) {
  LiveProgress progress(command.quiet);
  for (;;) {
    const bool stopped = interruption.came_within(kTick);
    sender.reap();
    const auto how = desk.how();
    progress.show(how || stopped ? LiveSender::Status() : sender.status(), desk.news());
    if (how) return *how;
    if (!stopped) continue;
    if (once) return core::fail(ErrorCode::conflict, "Stopped before everything was received.");
    return {};
  }
}

}  // namespace

Expected<void> live_send(const LiveSendCommand& command, const AccountOptions& account, const Output& output) {
  KITH_TRY_ASSIGN(session, Session::open(account));
  StopSignal stop;
  KITH_TRY_ASSIGN(files, offer_of(command, stop));
  core::SystemRandom random;
  const auto secrets = make_secrets(random);
  KITH_TRY_ASSIGN(made, make_offer(session->api(), files, secrets));
  KITH_TRY_ASSIGN(link, make_live_link(made.page, made.code, secrets.secret));
  const bool once = command.once || !files.front().source->size();
  print_link(made, link, once, command.quiet, output);
  LiveDesk desk;
  const auto& me = session->api().account();
  LiveSender sender({me, made.live_id, files, secrets, stop, once}, random, desk);
  LiveListener listener(me, made.live_id, stop, sender, desk);
  auto done = stay(sender, desk, session->http().interruption(), command, once);
  // Receivers know at once. If this fails, the server notices that nobody listens.
  if (done || done.error().code != ErrorCode::peer_unreachable)
    (void)LiveCalls(session->http(), me, made.live_id).leave();
  stop.raise();
  return done;
}

}  // namespace kith::client
