#include "client/command_line.hpp"

int main(int argc, char** argv) {
  return kith::client::run_command_line(argc, argv);
}
