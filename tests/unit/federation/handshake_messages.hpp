#pragma once
// The eight messages of a handshake, each with its receiver and its right signer, for tests that put others in its
// place.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/federation/handshake_run.hpp"

namespace kith::test {

// How a step ended: nothing if the message was taken.
using Verdict = std::optional<federation::HandshakeRefusal>;
template <class T>
Verdict verdict(const federation::StepResult<T>& result) {
  if (result) return std::nullopt;
  return result.error();
}

struct Message {
  std::string name;
  federation::SignedMessage good;
  std::function<Verdict(const federation::SignedMessage&)> judge;  // how its receiver judges these bytes
  std::function<federation::SignedMessage(std::string)> sign;      // a body, as its right sender would sign it
};

// In the order they are sent. `run` must outlive them.
std::vector<Message> messages(const HandshakeRun& run);

// `body` with the text value of `field` replaced.
std::string with_field(const std::string& body, const std::string& field, const std::string& value);

}  // namespace kith::test
