# cmake -D INPUT=common_passwords.txt -D OUTPUT=… -P embed_lines.cmake
file(STRINGS "${INPUT}" lines)
list(LENGTH lines count)
list(JOIN lines "\",\n    \"" rows)
file(WRITE "${OUTPUT}" "#include <array>

#include \"accounts/common_passwords.hpp\"

namespace kith::accounts {
namespace {

constexpr std::array<std::string_view, ${count}> kLines{
    \"${rows}\"};

}  // namespace

std::span<const std::string_view> common_passwords() {
  return kLines;
}

}  // namespace kith::accounts
")
