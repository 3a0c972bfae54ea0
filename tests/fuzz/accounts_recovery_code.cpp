// What a stranger types in the place of a recovery code: what is read is one, and reads as itself however it is
// grouped.

#include <cstdlib>
#include <string>

#include "accounts/recovery_codes.hpp"

using namespace kith::accounts;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  const auto code = read_recovery_code(typed);
  if (!code) return 0;
  require(code->size() == kRecoveryCodeCharacters && size >= kRecoveryCodeCharacters);
  require(code->find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == std::string::npos);
  require(read_recovery_code(*code) == code);
  require(read_recovery_code(code->substr(0, 5) + "-" + code->substr(5)) == code);
  return 0;
}
