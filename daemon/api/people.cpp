#include "daemon/api/people.hpp"

#include "federation/address.hpp"
#include "federation/net/instance_identity.hpp"

namespace kith::daemon {
namespace {

core::Expected<Person> find_local(const Services& services, std::string_view handle) {
  auto user = services.accounts.users().by_address(handle);
  if (!user) return core::fail(user.error().code, "There is no user \"" + std::string(handle) + "\" here.");
  return LocalPerson{user->id};
}

}  // namespace

core::Expected<Person> find_person(const Services& services, std::string_view text) {
  if (text.find('@') == std::string_view::npos) {
    if (!federation::is_handle(text)) {
      return core::fail(core::ErrorCode::bad_request,
                        "a person is named by a handle (carol) or an address (bob@b.example)");
    }
    return find_local(services, text);
  }
  KITH_TRY_ASSIGN(address, federation::Address::parse(text));
  if (address.domain().text() == services.identity.domain()) return find_local(services, address.handle());
  return RemotePerson{address.text()};
}

core::Expected<Person> owner_of(const Call& call) {
  const auto text = call.request.query_value("owner");
  if (!text) return LocalPerson{call.user()};
  return find_person(call.services, *text);
}

bool is_caller(const Call& call, const Person& person) {
  const auto* local = std::get_if<LocalPerson>(&person);
  return local != nullptr && local->id == call.user();
}

}  // namespace kith::daemon
