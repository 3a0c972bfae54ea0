#pragma once
// Runs the real kith-photo on a photo in memory, as kithd does, and photos to run it on.

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace kith::photo {

struct ProgramRun {
  int exit_code = -1;  // -1: a signal ended it
  std::string output;
  nlohmann::json head;  // of the answer, if there is one
  std::vector<std::string> thumbnails;
};

inline ProgramRun run_program(const std::string& photo) {
  const int input = memfd_create("photo", MFD_CLOEXEC);
  EXPECT_EQ(write(input, photo.data(), photo.size()), static_cast<ssize_t>(photo.size()));
  int ends[2];
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  char name[] = "kith-photo";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  pid_t process = -1;
  EXPECT_EQ(posix_spawn(&process, KITH_BINARY_DIR "/bin/kith-photo", &actions, nullptr, arguments, environment), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  close(input);
  ProgramRun run;
  char piece[65536];
  for (ssize_t count = 0; (count = read(ends[0], piece, sizeof piece)) > 0;)
    run.output.append(piece, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  waitpid(process, &status, 0);
  if (WIFEXITED(status)) run.exit_code = WEXITSTATUS(status);
  if (run.exit_code != 0 || run.output.size() < 4) return run;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(run.output[i])); };
  const auto length = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  run.head = nlohmann::json::parse(run.output.substr(4, length));
  std::size_t at = 4 + length;
  for (const auto& thumbnail : run.head.at("thumbnails")) {
    run.thumbnails.push_back(run.output.substr(at, thumbnail.at("size").get<std::size_t>()));
    at += thumbnail.at("size").get<std::size_t>();
  }
  return run;
}

// A photo of tests/photos: 640 x 480, redder to the right, greener downwards, a white square in the upper left corner.
inline std::string sample(const std::string& name) {
  std::ifstream file(KITH_SOURCE_DIR "/tests/photos/" + name, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Little-endian Exif: directories of text entries, and of numbers where the text is empty.
class ExifBuilder {
 public:
  struct Entry {
    unsigned tag, type;
    std::string value;  // whole, as it lies in the file
  };
  static Entry text(unsigned tag, std::string value) { return {tag, 2, std::move(value) + '\0'}; }
  static Entry number(unsigned tag, unsigned value) { return {tag, 3, bytes(value, 2)}; }

  std::vector<Entry> main, exif, gps;

  std::string build() const {
    auto first = main;
    // Where the two directories begin is known once the first one's length is.
    if (!exif.empty()) first.push_back({0x8769, 4, bytes(0, 4)});
    if (!gps.empty()) first.push_back({0x8825, 4, bytes(0, 4)});
    const std::size_t exif_at = 8 + size_of(first), gps_at = exif_at + size_of(exif);
    for (auto& entry : first) {
      if (entry.tag == 0x8769) entry.value = bytes(exif_at, 4);
      if (entry.tag == 0x8825) entry.value = bytes(gps_at, 4);
    }
    std::string out = std::string("II*\0", 4) + bytes(8, 4) + directory(first, 8);
    if (!exif.empty()) out += directory(exif, exif_at);
    if (!gps.empty()) out += directory(gps, gps_at);
    return out;
  }

  static std::string bytes(std::size_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  }

 private:
  static std::size_t unit(unsigned type) { return type == 5 ? 8 : type == 4 ? 4 : type == 3 ? 2 : 1; }
  static std::size_t size_of(const std::vector<Entry>& entries) {
    std::size_t size = 2 + 12 * entries.size() + 4;
    for (const auto& entry : entries)
      if (entry.value.size() > 4) size += entry.value.size();
    return size;
  }
  static std::string directory(const std::vector<Entry>& entries, std::size_t at) {
    std::string head = bytes(entries.size(), 2), tail;
    const auto tail_at = at + 2 + 12 * entries.size() + 4;
    for (const auto& entry : entries) {
      head += bytes(entry.tag, 2) + bytes(entry.type, 2) + bytes(entry.value.size() / unit(entry.type), 4);
      auto inline_value = entry.value;
      inline_value.resize(4);
      head += entry.value.size() > 4 ? bytes(tail_at + tail.size(), 4) : inline_value;
      if (entry.value.size() > 4) tail += entry.value;
    }
    return head + bytes(0, 4) + tail;
  }
};

// What a phone writes: taken in Berlin in July, upright when turned by a quarter.
inline ExifBuilder phone_exif(unsigned orientation) {
  ExifBuilder exif;
  exif.main = {ExifBuilder::text(0x010F, "Apple"), ExifBuilder::text(0x0110, "iPhone 12"),
               ExifBuilder::number(0x0112, orientation)};
  exif.exif = {ExifBuilder::text(0x9003, "2024:07:01 12:30:45"), ExifBuilder::text(0x9011, "+02:00")};
  const auto degrees = ExifBuilder::bytes(52, 4) + ExifBuilder::bytes(1, 4) + ExifBuilder::bytes(31, 4) +
                       ExifBuilder::bytes(1, 4) + ExifBuilder::bytes(12, 4) + ExifBuilder::bytes(1, 4);
  exif.gps = {
      ExifBuilder::text(0x0001, "N"), {0x0002, 5, degrees}, ExifBuilder::text(0x0003, "E"), {0x0004, 5, degrees}};
  return exif;
}

inline std::string with_exif(const std::string& jpeg, const std::string& exif) {
  const auto length = exif.size() + 8;
  std::string segment = "\xff\xe1";
  segment += static_cast<char>(length >> 8);
  segment += static_cast<char>(length & 0xff);
  return jpeg.substr(0, 2) + segment + std::string("Exif\0\0", 6) + exif + jpeg.substr(2);
}

}  // namespace kith::photo
