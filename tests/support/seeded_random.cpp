#include "tests/support/seeded_random.hpp"

#include "core/length_prefixed.hpp"

namespace kith::test {

void SeededRandom::fill(std::span<std::uint8_t> out) {
  std::lock_guard lock(mutex_);
  for (std::size_t done = 0; done < out.size();) {
    core::LengthPrefixed input;
    input.add_u64(seed_).add_u64(counter_++);
    const auto block = core::sha256(input.view());
    const auto take = std::min(out.size() - done, block.data.size());
    std::copy_n(block.data.begin(), take, out.begin() + static_cast<std::ptrdiff_t>(done));
    done += take;
  }
}

}  // namespace kith::test
