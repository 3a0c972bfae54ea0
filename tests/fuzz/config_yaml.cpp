// The configuration parser: any text is either a whole configuration or a list of mistakes with places.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/address.hpp"
#include "config/config.hpp"
#include "core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = kith::config::parse_config(text, "fuzz");
  if (!config) {
    for (std::string_view rest = config.error().detail; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      if (!line.starts_with("fuzz:")) std::abort();
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return config.error().detail.empty() ? std::abort(), 0 : 0;
  }
  if (!kith::config::wrong_with_domain(config->instance.domain).empty()) std::abort();
  if (!config->instance.data_dir.is_absolute() || config->instance.name.empty()) std::abort();
  if (!kith::core::is_valid_utf8(config->instance.name)) std::abort();
  if (!kith::config::parse_listen_address(config->listen.local)) std::abort();
  if (!kith::config::parse_listen_address(config->listen.public_)) std::abort();
  if (!kith::config::wrong_with_base_url(config->web.url).empty()) std::abort();
  if (!kith::config::wrong_with_base_url(config->instance.public_url).empty()) std::abort();
  if (config->limits.worker_threads < 2 || config->storage.max_file_bytes < 1) std::abort();
  return 0;
}
