#pragma once
// What GET /api/events tells a page. Events are hints and carry no truth: the page reads again what they name, so one
// waiting event stands for all equal ones. Plain values.

#include <string>

#include "core/id.hpp"

namespace kith::daemon {

struct Event {
  std::string name;
  std::string data = "{}";  // JSON on one line
  bool operator==(const Event&) const = default;

  static Event hello() { return {"hello"}; }          // the stream is open: whatever happens from now on is told
  static Event assets() { return {"assets"}; }        // the user's own assets
  static Event shares() { return {"shares"}; }        // what the user shares
  static Event albums() { return {"albums"}; }        // the user's albums
  static Event exchanges() { return {"exchanges"}; }  // the user's exchanges
  static Event instance() { return {"instance"}; }    // GET /api/instance
  static Event resync() { return {"resync"}; }        // events were dropped: read everything again
  static Event connection(const core::ConnectionId& id);
  // `owner`: the address of whoever shares with the user ("bob@b.example").
  static Event shared_with_me(const std::string& owner);

  // As it goes over the wire (WHATWG HTML, "Server-sent events"), the blank line included.
  std::string text() const { return "event: " + name + "\ndata: " + data + "\n\n"; }
};

}  // namespace kith::daemon
