#pragma once
// The command line of kith, the client.

namespace kith::client {

// Exit status: 0 done; 1 it failed, the reason is on standard error; 2 the command line makes no sense; 3 not allowed:
// the log-in, token, link or password is no good (any more), or a permission is missing; 4 the server can't be reached;
// 5 it is not there.
int run_command_line(int argc, char** argv);

}  // namespace kith::client
