#pragma once
// What an instance says of itself at /.well-known/kith (federation/PROTOCOL.md, "Discovery"). Plain value. parse checks
// form, and that the statements lead to the key; whether the domain is the one asked, and pins, are the caller's.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "federation/address.hpp"
#include "federation/identifiers.hpp"
#include "federation/key_statement.hpp"

namespace kith::federation::wire {

struct DiscoveryDocument {
  Domain domain;
  InstanceKey instance_key;
  std::string name;      // for people
  std::string software;  // for people, e.g. "kith/0.1.0"
  std::vector<KeyStatement> key_statements;

  // bad_request for a document that is malformed or doesn't offer kith/1; key_mismatch for statements that don't hold.
  [[nodiscard]] static core::Expected<DiscoveryDocument> parse(std::string_view body);
  // Offers kith/1 and nothing else.
  std::string serialise() const;
};

}  // namespace kith::federation::wire
