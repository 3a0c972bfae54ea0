#pragma once
// A look at a database without changing anything: whether it is there, sound, and of which version. Also while a
// daemon has it open.

#include <chrono>
#include <filesystem>
#include <string>

namespace kith::storage {

struct DatabaseLook {
  std::filesystem::path file;
  bool found = false;
  std::string problem;    // why it can't be read, or what SQLite says is wrong with it; empty: it is sound
  bool finished = false;  // false: there was not enough time to see all of it
  int version = 0;        // of its schema
  int newest = 0;         // that this program knows
};

// Takes about `patience` at most.
DatabaseLook look_at_database(const std::filesystem::path& file, std::chrono::milliseconds patience);

}  // namespace kith::storage
