#pragma once
// What kithd answers to a shell.

namespace kith::daemon {

enum class ExitStatus : int {
  done = 0,
  failed = 1,
  no_sense = 2,  // the command line
  damage = 4,    // done, and content was found that is damaged or missing
};

}  // namespace kith::daemon
