#pragma once
// Waiting for a connection to be made: read again and again, with longer and longer pauses, until it is decided. The
// server's stream of events takes no API token, and that is what kith has. One thread.

#include "client/api.hpp"

namespace kith::client {

// The connection once it is established. Errors: handshake_rejected when they said no, handshake_ended when it came to
// another end, conflict when Ctrl-C ended the waiting (the connection goes on by itself). What holds it up is told on
// standard error.
[[nodiscard]] core::Expected<core::Json> follow_connection(Api& api, core::Json connection);

// What people call a state of the API: "connected".
std::string state_text(std::string_view state);
// The last error of a story that has not been overcome, and what helps; empty when there is none. Printable. Pure.
std::string obstacle_of(const core::Json& connection);

}  // namespace kith::client
