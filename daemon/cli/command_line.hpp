#pragma once
// The command line of kithd: serving, checking the configuration, and mending accounts from a shell.

namespace kith::daemon {

// Exit status: 0 done, 1 it failed (the reason is on standard error), 2 the command line makes no sense.
int run_command_line(int argc, char** argv);

}  // namespace kith::daemon
