#pragma once
// Files by descriptor: closing by scope, and what errno means in kith's errors.

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"

namespace kith::storage {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  // Somebody else closes it from now on.
  int release() { return std::exchange(number_, -1); }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// storage_full for what a full disk, quota or size limit answers, storage_failed for what a failing one does, internal
// for the rest; the text tells `what` and why.
[[nodiscard]] core::Unexpected system_failure(std::string_view what, int system_error);
bool is_about_space(int system_error);
bool is_of_the_disk(int system_error);

// The folder `path`, made (0700) if missing, its entry synced. A symbolic link in its place is refused.
[[nodiscard]] core::Expected<Descriptor> open_or_make_folder(int parent, const std::string& name);
[[nodiscard]] core::Expected<Descriptor> open_or_make_folder(const std::filesystem::path& path);
// Calls `each` with every name in the folder but "." and "..", until it fails. It may remove what it is told of.
[[nodiscard]] core::Expected<void> for_each_name(int folder,
                                                 const std::function<core::Expected<void>(const std::string&)>& each);
// Run by root (kithd user add, import, restore), what is made belongs to the folder's owner: the daemon must be able to
// read it.
[[nodiscard]] core::Expected<void> give_to_owner_of(int folder, int file);

}  // namespace kith::storage
