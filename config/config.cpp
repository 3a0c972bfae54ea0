#include "config/config.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "config/limits.hpp"
#include "config/schema.hpp"
#include "config/yaml_tree.hpp"

namespace kith::config {

namespace {

using core::ErrorCode;

// All mistakes in the order of the file, a line each.
core::Unexpected refused(std::string_view name, std::vector<Mistake> mistakes) {
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
  const auto told = std::min(mistakes.size(), kMaxMistakes);
  std::string text;
  for (std::size_t i = 0; i < told; ++i) {
    const auto& [place, what] = mistakes[i];
    text += (i == 0 ? "" : "\n") + std::string(name) + ":" + std::to_string(place.line) + ":" +
            std::to_string(place.column) + ": " + what;
  }
  if (told < mistakes.size())
    text += "\n" + std::string(name) + ": and " + std::to_string(mistakes.size() - told) + " more";
  return core::fail(ErrorCode::bad_request, std::move(text));
}

core::Unexpected unreadable(const std::filesystem::path& file, int reason) {
  return core::fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::internal,
                    file.string() + ": cannot read the configuration: " + std::generic_category().message(reason));
}

}  // namespace

core::Expected<Config> parse_config(std::string_view text, std::string_view name) {
  if (text.size() > kMaxFileBytes)
    return refused(name, {{{}, "larger than " + std::to_string(kMaxFileBytes / 1024) + " KiB"}});
  const auto tree = parse_yaml(std::string(text));
  if (!tree) return refused(name, {tree.error()});
  Config config;
  Findings findings;
  read_config(Section(findings, {}, &*tree), config);
  findings.note_unknown_keys();
  if (!findings.mistakes.empty()) return refused(name, std::move(findings.mistakes));
  return config;
}

core::Expected<Config> load_config(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return unreadable(file, errno);
  // One byte more than allowed tells that there is too much.
  std::string text(kMaxFileBytes + 1, '\0');
  std::size_t size = 0;
  ssize_t count = 0;
  do {
    count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count > 0) size += static_cast<std::size_t>(count);
  } while (count > 0 || (count < 0 && errno == EINTR));
  const int reason = errno;
  ::close(descriptor);
  if (count < 0) return unreadable(file, reason);
  text.resize(size);
  return parse_config(text, file.string());
}

core::Expected<Config> default_config() {
  return parse_config("", "defaults");
}

void apply_choices(Config& config, const Choices& choices) {
  auto& instance = config.instance;
  if (choices.domain && !instance.domain_is_set) {
    config.web.allowed_hosts.push_back(std::exchange(instance.domain, *choices.domain));
    derive_from_domain(config.listen, instance);
    derive_sender(instance, config.mail);
  }
  if (choices.name && !instance.name_is_set) instance.name = *choices.name;
}

}  // namespace kith::config
