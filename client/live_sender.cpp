#include "client/live_sender.hpp"

#include <algorithm>

#include "client/limits.hpp"
#include "client/safe_name.hpp"

namespace kith::client {

using core::ErrorCode;

LiveSender::LiveSender(const Terms& terms, core::Random& random, LiveDesk& desk)
    : terms_(terms), random_(random), desk_(desk), received_(terms.files.size(), false) {}

void LiveSender::take(const LiveNotice& notice, LiveCalls& calls) {
  std::visit([&](const auto& each) { take_one(each, calls); }, notice);
}

std::string LiveSender::name(std::size_t file) const {
  return printable(terms_.files[file].name);
}

LiveSender::Request* LiveSender::find(const std::string& request_id) {
  const auto found = requests_.find(request_id);
  return found == requests_.end() ? nullptr : &found->second;
}

// The receipts of those that are not open any more may follow.
void LiveSender::take_one(const LiveHello& hello, LiveCalls&) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, request] : requests_)
    if (std::find(hello.request_ids.begin(), hello.request_ids.end(), id) == hello.request_ids.end())
      request.feed->end();
}

void LiveSender::take_one(const LiveWanted& wanted, LiveCalls& calls) {
  const auto reason = objection(wanted);
  if (reason) {
    (void)calls.refuse(wanted.request_id, *reason);  // if that fails, it comes again
    return;
  }
  const std::lock_guard lock(mutex_);
  if (find(wanted.request_id) == nullptr) start(wanted);
  find(wanted.request_id)->feed->begin(wanted.attempt, wanted.from);
}

std::optional<std::string> LiveSender::objection(const LiveWanted& wanted) {
  const auto mac = live_receiver_mac(terms_.secrets.auth_key, terms_.live_id, wanted.file, wanted.receiver_key);
  if (wanted.file >= terms_.files.size() || !core::mac_equal(mac, wanted.mac)) {
    desk_.say("Somebody asked without the secret of the link, or it was changed on the way. They were refused.");
    return "not_authentic";
  }
  const std::lock_guard lock(mutex_);
  if (find(wanted.request_id) != nullptr) return std::nullopt;
  const auto file = static_cast<std::size_t>(wanted.file);
  if (!terms_.files[file].source->size() && is_busy(file)) {
    desk_.say("Somebody else asked for " + name(file) + ", which only one can get. They were refused.");
    return "cancelled";
  }
  const auto running = std::count_if(requests_.begin(), requests_.end(),
                                     [](const auto& each) { return each.second.carriers != nullptr; });
  if (static_cast<std::size_t>(running) >= 2 * kLiveRequests) return "cancelled";
  return std::nullopt;
}

bool LiveSender::is_busy(std::size_t file) const {
  return std::any_of(requests_.begin(), requests_.end(),
                     [&](const auto& each) { return each.second.file == file && !each.second.feed->has_ended(); });
}

void LiveSender::start(const LiveWanted& wanted) {
  if (requests_.size() >= kLiveEnded) {
    const auto oldest = std::find_if(requests_.begin(), requests_.end(),
                                     [](const auto& each) { return each.second.carriers == nullptr; });
    if (oldest != requests_.end()) requests_.erase(oldest);
  }
  Request request;
  request.file = static_cast<std::size_t>(wanted.file);
  request.feed = std::make_shared<LiveFeed>(
      LiveBinding{terms_.live_id, wanted.request_id, wanted.file, wanted.receiver_key, {}},
      *terms_.files[request.file].source, terms_.secrets.secret, terms_.secrets.auth_key, random_);
  request.carriers =
      std::make_unique<LiveCarriers>(request.feed, terms_.account, terms_.stop,
                                     [this, file = request.file](const core::Error& error) { failed(file, error); });
  requests_.emplace(wanted.request_id, std::move(request));
}

void LiveSender::take_one(const LiveResume& resume, LiveCalls&) {
  const std::lock_guard lock(mutex_);
  if (auto* request = find(resume.request_id)) request->feed->begin(resume.attempt, resume.from);
}

// Its carriers are told when they send something, and a resume may follow.
void LiveSender::take_one(const LivePaused&, LiveCalls&) {}

void LiveSender::take_one(const LiveReceived& received, LiveCalls&) {
  const std::lock_guard lock(mutex_);
  auto* request = find(received.request_id);
  if (request == nullptr || request->was_received) return;
  request->feed->end();
  if (!request->feed->is_receipt(received.mac))
    return desk_.say("The receipt for " + name(request->file) + " is not authentic: it may not have arrived.");
  request->was_received = received_[request->file] = true;
  desk_.say(name(request->file) + " was received and verified.");
  if (terms_.once && std::all_of(received_.begin(), received_.end(), [](bool each) { return each; })) desk_.finish({});
}

void LiveSender::take_one(const LiveCancelled& cancelled, LiveCalls&) {
  const std::lock_guard lock(mutex_);
  auto* request = find(cancelled.request_id);
  if (request == nullptr || !request->feed->end()) return;
  desk_.say(name(request->file) + (cancelled.reason == "idle" ? ": nothing moved for too long, and it was given up."
                                                              : ": the receiver gave up."));
}

void LiveSender::take_one(const LiveOver& over, LiveCalls&) {
  desk_.finish(core::fail(ErrorCode::gone, over.reason == "expired"
                                               ? "The time of this link is over. Send again for a new one."
                                               : "The server ended it: the link is no good any more. Send again."));
}

void LiveSender::failed(std::size_t file, const core::Error& error) {
  auto told = error;
  told.detail = name(file) + ": " + error.detail;
  if (terms_.once || terms_.files.size() == 1) return desk_.finish(tl::make_unexpected(std::move(told)));
  desk_.say(told.detail);
}

void LiveSender::reap() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, request] : requests_)
    if (request.carriers && request.carriers->have_left()) request.carriers.reset();
}

LiveSender::Status LiveSender::status() const {
  const std::lock_guard lock(mutex_);
  Status status;
  bool is_known = true;
  for (const auto& [id, request] : requests_) {
    if (request.feed->has_ended()) continue;
    ++status.transfers;
    status.name = name(request.file);
    status.position += request.feed->position();
    status.total += request.feed->size().value_or(0);
    is_known = is_known && request.feed->size();
  }
  if (!is_known) status.total = 0;
  return status;
}

}  // namespace kith::client
