#pragma once
// Whom people mean: connections and users by the names that people use, bob@b.example or bob, or by their ids. One
// thread.
//
// Errors: not_found where there is nobody, conflict naming the candidates where there are several.

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "client/api.hpp"

namespace kith::client {

// The address of whoever is logged in.
[[nodiscard]] core::Expected<std::string> own_address(Api& api);
// An array: one's own only, though an admin's list has those of everybody.
[[nodiscard]] core::Expected<core::Json> own_connections(Api& api);

// One's own connection with `who`, in one of these states. An id names any connection, whatever its state.
using States = std::initializer_list<std::string_view>;
[[nodiscard]] core::Expected<core::Json> find_connection(Api& api, const std::string& who, States states);
// For admins: a user of this instance by handle, address, e-mail address or id.
[[nodiscard]] core::Expected<core::Json> find_user(Api& api, const std::string& who);

// Pure. True for what looks like an id of the API (a lower-case ULID).
bool is_id(std::string_view text);
// Pure. True if `who` names `address`, in full or by what is before its @, whatever the case.
bool names(std::string_view who, std::string_view address);
// "…: bob@b.example (01…), bob@c.example (01…)", printable and not too long.
std::string candidates_text(const core::Json& objects, const char* name_field);

}  // namespace kith::client
