#include "federation/peers.hpp"

#include "core/encoding.hpp"

namespace kith::federation {

std::optional<std::string_view> find_header(const HeaderList& headers, std::string_view name) {
  for (const auto& [field, value] : headers) {
    if (core::equal_ignoring_case(field, name)) return value;
  }
  return std::nullopt;
}

}  // namespace kith::federation
