#pragma once
// Several instances in one process, connected by a PeerTransport that never touches a socket, and that a scenario can
// make lose, change, repeat, delay and record what passes.
//
// Every instance calls through its own FakePeerTransport (so the network knows who sends) and is reached by the handler
// attached under its domain. Handlers run on the caller's thread, without the network's lock, and may call out
// themselves. Thread-safe. Rules are tried in the order they were added; the first that matches and is not used up
// acts.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "federation/byte_source.hpp"
#include "federation/peers.hpp"

namespace kith::test {

// A request as its receiver sees it.
struct FakeArrival {
  std::string from;  // domain of the sender
  std::string to;
  bool https = false;
  std::string method;
  std::string target;  // path and query
  federation::HeaderList headers;
  std::string body;
};

// What a handler answers. With `source`, that is the body, pulled piece by piece.
struct FakeAnswer {
  int status = 200;
  federation::HeaderList headers;
  std::string body;
  std::shared_ptr<federation::ByteSource> source;
};
using FakeHandler = std::function<FakeAnswer(const FakeArrival&)>;

// How an instance is reached. HTTPS answers with these facts; plain HTTP only when the domain has no TLS at all.
struct FakeListener {
  FakeHandler handle;
  std::optional<federation::TlsFacts> tls;
};

// One exchange that took place, for assertions and for playing again.
struct FakeExchange {
  FakeArrival arrival;
  std::optional<federation::PeerResponse> answer;  // nothing: the sender got none; body of streams included
};

class FakePeerNetwork {
 public:
  using Match = std::function<bool(const FakeArrival&)>;
  FakePeerNetwork();
  ~FakePeerNetwork();
  FakePeerNetwork(const FakePeerNetwork&) = delete;
  FakePeerNetwork& operator=(const FakePeerNetwork&) = delete;

  // Makes `domain` reachable, or replaces how it is (a restart). After detach() connections are refused at once; calls
  // that run finish.
  void attach(const std::string& domain, FakeListener listener);
  void detach(const std::string& domain);
  // The transport `domain` sends with; it must not outlive the network.
  std::unique_ptr<federation::PeerTransport> transport_of(const std::string& domain);

  // What happens to the requests that match, `times` of them (kAlways: all): the receiver's handler
  enum class Loss : std::uint8_t {
    refuse,   // never sees it; the sender is refused at once
    request,  // never sees it; the sender times out (at once, but told so)
    answer,   // sees it and answers; the answer is lost
  };
  static constexpr int kAlways = -1;
  void lose(Loss what, Match match, int times = 1);
  // Changes what arrives: the request (before the handler) or the answer (head and buffered body).
  void change_request(Match match, std::function<void(FakeArrival&)> change, int times = 1);
  void change_answer(Match match, std::function<void(federation::PeerResponse&)> change, int times = 1);
  // Changes the bytes of a streamed body; `offset` counts from its start. False cuts the stream before this piece.
  void change_stream(Match match, std::function<bool(std::uint64_t offset, core::Bytes& piece)> change, int times = 1);
  // Delivered twice: the handler runs again with the same bytes; the sender gets the second answer.
  void duplicate(Match match, int times = 1);
  // Held before delivery until release(hold). wait_held() waits (real time, at most 10 s) until a request stands there.
  int hold(Match match, int times = 1);
  bool wait_held(int hold);
  void release(int hold);
  void clear_rules();

  // Everything since the start or the last clear. Bodies of streams are kept up to 4 MiB each.
  std::vector<FakeExchange> captured() const;
  void clear_captured();
  // Sends recorded bytes again to their receiver, as a stranger who recorded them would; no rules, not captured.
  FakeAnswer replay(const FakeArrival& arrival);

 private:
  friend class FakePeerTransport;
  struct Rule;
  struct Plan;
  struct Sending;

  core::Expected<federation::PeerResponse> deliver(const std::string& from, const federation::PeerRequest& request,
                                                   federation::ResponseSink* sink);
  std::optional<FakeListener> listener_of(const std::string& domain) const;
  Plan plan_for(const FakeArrival& arrival);
  void add(Rule rule);
  void wait_released(int hold);
  void capture(const FakeArrival& arrival, std::optional<federation::PeerResponse> answer);

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::map<std::string, FakeListener> listeners_;
  std::vector<std::shared_ptr<Rule>> rules_;
  std::map<int, int> held_;       // hold → requests standing there
  std::map<int, bool> released_;  // hold → let through
  int next_hold_ = 1;
  std::vector<FakeExchange> captured_;
};

// Matches by the path of the request (without query) and, if given, the sender.
FakePeerNetwork::Match on_path(std::string path, std::string from = {});

}  // namespace kith::test
