#pragma once
// Acts of people that the audit log is to know of, written by the routes once they are done. What accounts/ does is
// written there, beside the change itself.

#include <string>
#include <string_view>

#include "daemon/api/endpoint.hpp"

namespace kith::daemon {

// The caller did `action` (snake_case) to `subject`. An audit log that can't be written is told to the log: the act is
// done already.
void note_act(const Call& call, std::string_view action, const std::string& subject, std::string detail = {});

}  // namespace kith::daemon
