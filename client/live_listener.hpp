#pragma once
// Keeps the sender's connection open by which it is there: reads events, and connects again when it breaks, for
// kLivePatience at most. A thread of its own; destruction waits for it, once `stop` is raised.

#include <string>
#include <thread>

#include "client/live_sender.hpp"

namespace kith::client {

class LiveListener {
 public:
  // Borrows all. Ends the command at the desk when the offer is gone or can't be reached any more.
  LiveListener(const Account& account, const std::string& live_id, const StopSignal& stop, LiveSender& sender,
               LiveDesk& desk);
  ~LiveListener() { thread_.join(); }
  LiveListener(const LiveListener&) = delete;
  LiveListener& operator=(const LiveListener&) = delete;

 private:
  void run();

  const Account& account_;
  const std::string& live_id_;
  const StopSignal& stop_;
  LiveSender& sender_;
  LiveDesk& desk_;
  std::thread thread_;
};

}  // namespace kith::client
