#pragma once
// Names of instances (`host[:port]`) and of people on them (`handle@domain`), in the one canonical spelling kith/1
// knows (federation/PROTOCOL.md, "Addresses"). Parsing refuses every other spelling: equal text is equal meaning.
// Values own their text. Immutable, thread-safe. Errors: bad_request, telling what is wrong.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace kith::federation {

class Domain {
 public:
  [[nodiscard]] static core::Expected<Domain> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // Name, IPv4 address, or IPv6 address with its brackets.
  std::string_view host() const { return std::string_view(text_).substr(0, host_size_); }
  // Nothing: port 443 and HTTPS only. With one, plain HTTP may be spoken too.
  std::optional<std::uint16_t> port() const { return port_; }
  bool https_only() const { return !port_.has_value(); }
  bool operator==(const Domain& other) const { return text_ == other.text_; }
  auto operator<=>(const Domain& other) const { return text_ <=> other.text_; }

 private:
  Domain(std::string text, std::size_t host_size, std::optional<std::uint16_t> port)
      : text_(std::move(text)), host_size_(host_size), port_(port) {}
  std::string text_;
  std::size_t host_size_;
  std::optional<std::uint16_t> port_;
};

class Address {
 public:
  [[nodiscard]] static core::Expected<Address> parse(std::string_view text);
  // Fails when `handle` breaks the rules.
  [[nodiscard]] static core::Expected<Address> make(std::string_view handle, const Domain& domain);

  std::string text() const { return handle_ + "@" + domain_.text(); }
  const std::string& handle() const { return handle_; }
  const Domain& domain() const { return domain_; }
  bool operator==(const Address&) const = default;
  auto operator<=>(const Address&) const = default;

 private:
  Address(std::string handle, Domain domain) : handle_(std::move(handle)), domain_(std::move(domain)) {}
  std::string handle_;
  Domain domain_;
};

// 1 to kMaxHandleBytes characters of a-z, 0-9, '.', '_', '-'.
bool is_handle(std::string_view text);

}  // namespace kith::federation
