#include "tests/support/temp_dir.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

namespace kith::test {

TempDir::TempDir() {
  std::error_code ignored;
  const auto base = std::filesystem::is_directory("/dev/shm", ignored) ? std::filesystem::path("/dev/shm")
                                                                       : std::filesystem::temp_directory_path();
  std::string pattern = (base / "kith-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace kith::test
