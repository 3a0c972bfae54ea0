#include "daemon/cli/command_line.hpp"

int main(int argc, char** argv) {
  return kith::daemon::run_command_line(argc, argv);
}
