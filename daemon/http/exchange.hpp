#pragma once
// One request and its response, as a connection keeps them.

#include <chrono>
#include <cstdint>
#include <memory>

#include "daemon/http/body_budget.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/head_parser.hpp"
#include "daemon/http/mailbox.hpp"
#include "daemon/http/message.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/sink_feed.hpp"
#include "daemon/http/source_pull.hpp"

namespace kith::daemon {

struct Exchange {
  std::uint64_t number = 0;  // of the connection; replies for another one come too late
  std::chrono::steady_clock::time_point started;
  std::string method;  // as sent
  Request request;
  const Route* route = nullptr;
  BodyReader body;
  std::shared_ptr<BodyBudget::Share> body_share;  // of request.body; goes with it
  bool keep_alive = false;
  bool http10 = false;
  bool head_only = false;  // HEAD: no body in the response
  bool expects_continue = false;
  bool response_started = false;
  bool forwarded = false;  // see FinishedRequest
  int status = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::shared_ptr<void> transfer;  // counts while a file or stream is on its way
  std::shared_ptr<SinkFeed> feed;
  std::shared_ptr<SourcePull> pull;
  bool last_chunk_due = false;  // the end of a chunked response is still to be queued
};

// The one answer to a request, given from any thread. Dropped without one, it answers 500.
class ReplySlot {
 public:
  ReplySlot(std::shared_ptr<Mailbox> mailbox, std::function<void(Response)> deliver, std::string request_id)
      : mailbox_(std::move(mailbox)), deliver_(std::move(deliver)), request_id_(std::move(request_id)) {}
  ReplySlot(const ReplySlot&) = delete;
  ReplySlot& operator=(const ReplySlot&) = delete;
  ~ReplySlot() { fail(); }

  // `deliver` runs on the event thread. Only the first answer counts.
  void answer(Response response) {
    if (answered_.exchange(true)) return;
    auto kept = std::make_shared<Response>(std::move(response));
    mailbox_->post([deliver = std::move(deliver_), kept] { deliver(std::move(*kept)); });
  }
  void fail() {
    if (!answered_) answer(Response::problem(core::Error{}, request_id_));
  }
  void forget() { answered_ = true; }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::function<void(Response)> deliver_;
  std::string request_id_;
  std::atomic<bool> answered_ = false;
};

}  // namespace kith::daemon
