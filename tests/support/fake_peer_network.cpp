#include "tests/support/fake_peer_network.hpp"

#include <algorithm>
#include <chrono>

namespace kith::test {

using core::Error;
using core::ErrorCode;
using core::Expected;
using federation::ByteSource;
using federation::PeerRequest;
using federation::PeerResponse;
using federation::PeerTransport;
using federation::ResponseSink;

namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::size_t kCapturedBody = 4 * 1024 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
constexpr const char* kCut = "the connection broke before the whole answer had come";

tl::unexpected<Error> no_answer(std::string detail) {
  return core::fail(ErrorCode::peer_unreachable, std::move(detail));
}

// Where a ByteSource that has nothing yet is waited for.
class Wakeup {
 public:
  void ring() {
    {
      std::lock_guard lock(mutex_);
      rung_ = true;
    }
    changed_.notify_all();
  }
  // True when rung since the last call; waits a little for it.
  bool wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(50), [this] { return rung_; });
    return std::exchange(rung_, false);
  }

 private:
  std::mutex mutex_;  // guards rung_
  std::condition_variable changed_;
  bool rung_ = false;
};

}  // namespace

// What is done to one kind of request; each field that is set acts.
struct FakePeerNetwork::Rule {
  Match match;
  int times = 1;
  std::optional<Loss> loss;
  std::function<void(FakeArrival&)> change_request;
  std::function<void(PeerResponse&)> change_answer;
  std::function<bool(std::uint64_t, core::Bytes&)> change_stream;
  bool duplicate = false;
  int hold = 0;
};

// The rules that act on one request.
struct FakePeerNetwork::Plan {
  std::vector<std::shared_ptr<Rule>> rules;

  bool loses(Loss what) const {
    return std::ranges::any_of(rules, [&](const auto& rule) { return rule->loss == what; });
  }
};

class FakePeerTransport final : public PeerTransport {
 public:
  FakePeerTransport(FakePeerNetwork& network, std::string from) : network_(network), from_(std::move(from)) {}
  Expected<PeerResponse> send(const PeerRequest& request) override { return network_.deliver(from_, request, nullptr); }
  Expected<PeerResponse> stream(const PeerRequest& request, ResponseSink& sink) override {
    return network_.deliver(from_, request, &sink);
  }

 private:
  FakePeerNetwork& network_;
  const std::string from_;
};

// One delivery on its way: the arrival, and the answer coming back.
struct FakePeerNetwork::Sending {
  FakePeerNetwork& network;
  const PeerRequest& request;
  ResponseSink* sink;
  FakeArrival arrival;
  Plan plan;
  std::string streamed{};  // what went to the sink, for the capture
  std::string ended{};     // why hand_on() said no

  Expected<PeerResponse> run();
  Expected<PeerResponse> answer_back(FakeAnswer answer, const std::optional<federation::TlsFacts>& tls);
  bool hand_on(PeerResponse& response, core::Bytes piece, std::uint64_t& offset);
  Expected<void> pull(PeerResponse& response, ByteSource& source);
};

FakePeerNetwork::FakePeerNetwork() = default;
FakePeerNetwork::~FakePeerNetwork() = default;

void FakePeerNetwork::attach(const std::string& domain, FakeListener listener) {
  std::lock_guard lock(mutex_);
  listeners_[domain] = std::move(listener);
}

void FakePeerNetwork::detach(const std::string& domain) {
  std::lock_guard lock(mutex_);
  listeners_.erase(domain);
}

std::unique_ptr<PeerTransport> FakePeerNetwork::transport_of(const std::string& domain) {
  return std::make_unique<FakePeerTransport>(*this, domain);
}

void FakePeerNetwork::add(Rule rule) {
  std::lock_guard lock(mutex_);
  rules_.push_back(std::make_shared<Rule>(std::move(rule)));
}

void FakePeerNetwork::lose(Loss what, Match match, int times) {
  add({std::move(match), times, what, {}, {}, {}, false, 0});
}

void FakePeerNetwork::change_request(Match match, std::function<void(FakeArrival&)> change, int times) {
  add({std::move(match), times, {}, std::move(change), {}, {}, false, 0});
}

void FakePeerNetwork::change_answer(Match match, std::function<void(PeerResponse&)> change, int times) {
  add({std::move(match), times, {}, {}, std::move(change), {}, false, 0});
}

void FakePeerNetwork::change_stream(Match match, std::function<bool(std::uint64_t, core::Bytes&)> change, int times) {
  add({std::move(match), times, {}, {}, {}, std::move(change), false, 0});
}

void FakePeerNetwork::duplicate(Match match, int times) {
  add({std::move(match), times, {}, {}, {}, {}, true, 0});
}

int FakePeerNetwork::hold(Match match, int times) {
  int hold = 0;
  {
    std::lock_guard lock(mutex_);
    hold = next_hold_++;
    released_[hold] = false;
  }
  add({std::move(match), times, {}, {}, {}, {}, false, hold});
  return hold;
}

bool FakePeerNetwork::wait_held(int hold) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return held_[hold] > 0; });
}

void FakePeerNetwork::release(int hold) {
  {
    std::lock_guard lock(mutex_);
    released_[hold] = true;
  }
  changed_.notify_all();
}

void FakePeerNetwork::clear_rules() {
  {
    std::lock_guard lock(mutex_);
    rules_.clear();
    for (auto& [hold, released] : released_) released = true;
  }
  changed_.notify_all();
}

void FakePeerNetwork::wait_released(int hold) {
  std::unique_lock lock(mutex_);
  ++held_[hold];
  changed_.notify_all();
  changed_.wait(lock, [&] { return released_[hold]; });
  --held_[hold];
}

std::vector<FakeExchange> FakePeerNetwork::captured() const {
  std::lock_guard lock(mutex_);
  return captured_;
}

void FakePeerNetwork::clear_captured() {
  std::lock_guard lock(mutex_);
  captured_.clear();
}

void FakePeerNetwork::capture(const FakeArrival& arrival, std::optional<PeerResponse> answer) {
  std::lock_guard lock(mutex_);
  captured_.push_back({arrival, std::move(answer)});
}

std::optional<FakeListener> FakePeerNetwork::listener_of(const std::string& domain) const {
  std::lock_guard lock(mutex_);
  const auto found = listeners_.find(domain);
  return found == listeners_.end() ? std::nullopt : std::optional(found->second);
}

FakeAnswer FakePeerNetwork::replay(const FakeArrival& arrival) {
  const auto listener = listener_of(arrival.to);
  return listener ? listener->handle(arrival) : FakeAnswer{503, {}, {}, {}};
}

FakePeerNetwork::Plan FakePeerNetwork::plan_for(const FakeArrival& arrival) {
  std::lock_guard lock(mutex_);
  Plan plan;
  for (const auto& rule : rules_) {
    if (rule->times == 0 || !rule->match(arrival)) continue;
    if (rule->times > 0) --rule->times;
    plan.rules.push_back(rule);
  }
  return plan;
}

Expected<PeerResponse> FakePeerNetwork::deliver(const std::string& from, const PeerRequest& request,
                                                ResponseSink* sink) {
  const auto scheme_end = request.url.find("://");
  const auto target_begin = request.url.find('/', scheme_end + 3);
  if (scheme_end == std::string::npos || target_begin == std::string::npos) {
    return core::fail(ErrorCode::internal, "a malformed address of another instance");
  }
  FakeArrival arrival;
  arrival.from = from;
  arrival.to = request.url.substr(scheme_end + 3, target_begin - scheme_end - 3);
  arrival.https = request.url.starts_with("https:");
  arrival.method = request.method;
  arrival.target = request.url.substr(target_begin);
  arrival.headers = request.headers;
  arrival.body = request.body;
  Sending sending{*this, request, sink, std::move(arrival), {}, {}};
  sending.plan = plan_for(sending.arrival);
  auto result = sending.run();
  std::optional<PeerResponse> captured_answer;
  if (result) {
    captured_answer = *result;
    if (sink != nullptr) captured_answer->body = std::move(sending.streamed);
  }
  capture(sending.arrival, std::move(captured_answer));
  return result;
}

Expected<PeerResponse> FakePeerNetwork::Sending::run() {
  if (plan.loses(Loss::refuse)) return no_answer("no connection to it");
  for (const auto& rule : plan.rules) {
    if (rule->hold != 0) network.wait_released(rule->hold);
  }
  if (plan.loses(Loss::request)) return no_answer("no answer in time");
  const auto listener = network.listener_of(arrival.to);
  if (!listener) return no_answer("no connection to it");
  if (listener->tls.has_value() != arrival.https) return no_answer("no TLS connection to it");
  if (request.web_authority_only && listener->tls && !listener->tls->web_authority) {
    return no_answer("its certificate is not of a known authority for this name");
  }
  if (request.only_spki && (!listener->tls || !listener->tls->tls13 || listener->tls->spki != *request.only_spki)) {
    return core::fail(ErrorCode::peer_error, "another certificate than the one it named");
  }
  for (const auto& rule : plan.rules) {
    if (rule->change_request) rule->change_request(arrival);
  }
  auto answer = listener->handle(arrival);
  if (std::ranges::any_of(plan.rules, [](const auto& rule) { return rule->duplicate; })) {
    if (answer.source) answer.source->abandon();
    answer = listener->handle(arrival);
  }
  if (plan.loses(Loss::answer)) {
    if (answer.source) answer.source->abandon();
    return no_answer(kCut);
  }
  return answer_back(std::move(answer), listener->tls);
}

Expected<PeerResponse> FakePeerNetwork::Sending::answer_back(FakeAnswer answer,
                                                             const std::optional<federation::TlsFacts>& tls) {
  PeerResponse response{answer.status, std::move(answer.headers), std::move(answer.body), tls};
  for (const auto& rule : plan.rules) {
    if (rule->change_answer) rule->change_answer(response);
  }
  std::string whole = std::exchange(response.body, {});
  if (sink != nullptr && !sink->head(response)) return core::fail(ErrorCode::peer_error, "ended on this side");
  if (answer.source) {
    KITH_TRY(pull(response, *answer.source));
    return response;
  }
  std::uint64_t offset = 0;
  for (std::size_t begin = 0; begin < whole.size(); begin += kPiece) {
    const auto piece = core::as_bytes(std::string_view(whole).substr(begin, kPiece));
    if (hand_on(response, core::to_bytes(piece), offset)) continue;
    return ended == kCut ? no_answer(ended) : core::fail(ErrorCode::peer_error, ended);
  }
  return response;
}

// False with `ended` set when the transfer ends here.
bool FakePeerNetwork::Sending::hand_on(PeerResponse& response, core::Bytes piece, std::uint64_t& offset) {
  const auto length = piece.size();
  for (const auto& rule : plan.rules) {
    if (rule->change_stream && !rule->change_stream(offset, piece)) {
      ended = kCut;
      return false;
    }
  }
  offset += length;
  if (sink == nullptr) {
    response.body += core::as_text(piece);
    ended = "the answer is too long";
    return response.body.size() <= request.max_response;
  }
  if (streamed.size() + piece.size() <= kCapturedBody) streamed += core::as_text(piece);
  ended = "ended on this side";
  return piece.empty() || sink->body(piece);
}

Expected<void> FakePeerNetwork::Sending::pull(PeerResponse& response, ByteSource& source) {
  const auto wakeup = std::make_shared<Wakeup>();  // the source may ring later than this call lasts
  source.on_ready([wakeup] { wakeup->ring(); });
  core::Bytes space(kPiece);
  std::uint64_t offset = 0;
  auto last = std::chrono::steady_clock::now();
  while (true) {
    const auto [status, filled] = source.read(space);
    if (status == ByteSource::Status::end) return {};
    if (status == ByteSource::Status::failed) return no_answer(kCut);
    if (status == ByteSource::Status::data) {
      last = std::chrono::steady_clock::now();
      if (hand_on(response, {space.begin(), space.begin() + static_cast<std::ptrdiff_t>(filled)}, offset)) continue;
      source.abandon();
      return ended == kCut ? no_answer(ended) : core::fail(ErrorCode::peer_error, ended);
    }
    while (!wakeup->wait()) {
      const bool given_up = std::chrono::steady_clock::now() - last > kPatience;
      if (!given_up && (sink == nullptr || sink->wanted())) continue;
      source.abandon();
      return given_up ? no_answer("the transfer stood still") : core::fail(ErrorCode::peer_error, "ended on this side");
    }
  }
}

FakePeerNetwork::Match on_path(std::string path, std::string from) {
  return [path = std::move(path), from = std::move(from)](const FakeArrival& arrival) {
    return arrival.target.substr(0, arrival.target.find('?')) == path && (from.empty() || arrival.from == from);
  };
}

}  // namespace kith::test
