#pragma once
// The command line of kith, the client.

namespace kith::client {

// Exit status: 0 done; 1 it failed, the reason is on standard error; 2 the command line makes no sense; 3 the link or
// the password is no good (any more); 4 the server can't be reached.
int run_command_line(int argc, char** argv);

}  // namespace kith::client
