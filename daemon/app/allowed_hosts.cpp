#include "daemon/app/allowed_hosts.hpp"

#include <arpa/inet.h>

#include "core/encoding.hpp"

namespace kith::daemon {
namespace {

// "a.example" of "https://a.example:8443/", and of "a.example:8443".
std::string_view name_of(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find('/'));
  if (text.starts_with('[')) return text.substr(0, text.find(']') + 1);
  return text.substr(0, text.find(':'));
}

bool is_ip_address(std::string_view name) {
  if (name.starts_with('[')) return true;  // the head parser takes nothing else in brackets
  in_addr ignored{};
  return ::inet_pton(AF_INET, std::string(name).c_str(), &ignored) == 1;
}

}  // namespace

AllowedHosts::AllowedHosts(const config::Config& config) {
  names_.insert("localhost");
  for (const auto* text : {&config.web.url, &config.instance.domain}) names_.emplace(name_of(*text));
  for (const auto& text : config.web.allowed_hosts) names_.insert(core::to_lower_ascii(name_of(text)));
}

bool AllowedHosts::allow(std::string_view host) const {
  const auto name = name_of(host);
  return is_ip_address(name) || names_.contains(name);
}

}  // namespace kith::daemon
