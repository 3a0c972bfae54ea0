#pragma once
// Whom a text means: "carol" and "carol@<own domain>" are people here, "bob@b.example" is somebody elsewhere.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.hpp"
#include "core/id.hpp"
#include "daemon/api/endpoint.hpp"

namespace kith::daemon {

struct LocalPerson {
  core::UserId id;
};
struct RemotePerson {
  std::string address;  // canonical
};
using Person = std::variant<LocalPerson, RemotePerson>;

// not_found for a local user who is not there, bad_request for what is no handle and no address.
[[nodiscard]] core::Expected<Person> find_person(const Services& services, std::string_view text);

// The parameter `owner` of a request; the caller without one.
[[nodiscard]] core::Expected<Person> owner_of(const Call& call);
bool is_caller(const Call& call, const Person& person);

}  // namespace kith::daemon
