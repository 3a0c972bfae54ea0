#pragma once
// A client's connection: reads heads and bodies, gives requests to handlers, sends what they answer (RFC 9112).
// Lives on one event thread, which alone calls it; others reach it through the mailbox with a weak_ptr.
//
// Phases: head → (opening → body | body) → answering → head … → lingering → closed.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/http/connection_count.hpp"
#include "daemon/http/exchange.hpp"
#include "daemon/http/head_parser.hpp"
#include "daemon/http/mailbox.hpp"
#include "daemon/http/output_queue.hpp"
#include "daemon/http/server_context.hpp"
#include "daemon/http/socket_stream.hpp"
#include "daemon/http/transfer_rate.hpp"

namespace kith::daemon {

struct Interest {
  bool read = false;
  bool write = false;
  bool hangup = false;  // tell when the client ends its side, while nothing is read
  bool operator==(const Interest&) const = default;
};

// The event thread, as a connection sees it.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual void watch(int descriptor, Interest interest) = 0;
  // The connection is closed: forget it. It is destroyed later, not within this call.
  virtual void forget(int descriptor) = 0;
  virtual const std::shared_ptr<Mailbox>& mailbox() = 0;
  // Shared by all connections of the thread, for bytes that are used at once; at least kPieceBytes.
  virtual std::span<std::uint8_t> scratch() = 0;
};

// What the acceptor knows of a client.
struct AcceptedSocket {
  UniqueFd fd;
  SslPtr ssl;
  ListenerKind listener = ListenerKind::local;
  std::string peer;  // IP address or kUnixPeer
  ConnectionCount::Place place;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Connection(ServerContext& context, ConnectionHost& host, AcceptedSocket socket);
  int descriptor() const { return stream_.descriptor(); }
  Interest interest() const;

  // Events. `other`: an error or a hang-up, to be looked at.
  void on_event(bool readable, bool writable, bool other);
  void on_tick(TimePoint now, std::chrono::milliseconds since_last);
  // The server stops: those without a whole request close now, others after their response.
  void on_drain();
  void close();

 private:
  enum class Phase : std::uint8_t { head, opening, body, answering, lingering, closed };

  // connection.cpp: the socket and time
  void read_some();
  void read_again();
  bool wants_read() const;
  std::span<std::uint8_t> read_space();
  void took_bytes(std::span<const std::uint8_t> bytes);
  void on_end();
  void look_at_hangup();
  void give_up_if_gone();
  void on_deadline();
  void check_rate(std::chrono::milliseconds elapsed);
  void update_interest();
  void set_deadline(std::chrono::milliseconds from_now);
  void process();
  bool process_step();
  void consume(std::size_t bytes);

  // connection_request.cpp: from bytes to a handler
  bool read_head();
  void begin(RequestHead head);
  void fill_request(RequestHead head);
  void route(bool has_body, Router::Match match);
  void open_sink();
  struct OpenedSink;
  void sink_opened(std::uint64_t exchange, OpenedSink opened);
  bool read_body();
  void take_plain_body(core::ByteView bytes);
  void body_bytes(core::ByteView data);
  void body_complete();
  void dispatch();
  void sink_changed(std::uint64_t exchange);
  void say_continue();
  void start_exchange();

  // connection_response.cpp: from an answer to bytes
  void respond(Response response);
  void refuse(const core::Error& error);
  Response problem(const core::Error& error) const;
  void queue_body(Response& response, bool chunked);
  void flush();
  void warm_up();
  void on_piece(std::uint64_t exchange, std::shared_ptr<Piece> piece);
  bool response_complete();
  void finish_exchange();
  void report(bool complete);
  void start_linger();

  ServerContext& context_;
  ConnectionHost& host_;
  SocketStream stream_;
  const ListenerKind listener_;
  const std::string peer_;
  ConnectionCount::Place place_;

  Phase phase_ = Phase::head;
  std::string in_;        // bytes not yet used
  std::size_t used_ = 0;  // of in_
  HeadScanner scanner_;
  OutputQueue out_;
  Exchange exchange_;
  std::uint64_t exchanges_ = 0;
  Interest watched_;
  bool processing_ = false;
  bool warming_ = false;
  bool client_ended_ = false;  // it sends no more
  bool hangup_seen_ = false;
  bool read_again_posted_ = false;
  TimePoint deadline_;
  TimePoint linger_until_;
  TransferRate rate_;  // of the request body, then of the response
};

}  // namespace kith::daemon
