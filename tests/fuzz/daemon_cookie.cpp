// A Cookie field from a stranger: what is found lies inside it and has no part of another cookie, and the cookie that
// is put in front of it is found, unless the field holds another of that name.

#include <cstdlib>
#include <string>

#include "daemon/api/session_cookie.hpp"

using namespace kith::daemon;

namespace {

constexpr std::string_view kName = "kith-72cd6e84";

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string field(reinterpret_cast<const char*>(data), size);
  Headers alone;
  alone.add("Cookie", field);
  const auto found = find_cookie(alone, kName);
  require(found.value || !found.differing);
  if (found.value) {
    const std::string_view sent = alone.all().front().second;
    require(found.value->data() >= sent.data() &&
            found.value->data() + found.value->size() <= sent.data() + sent.size());
    require(found.value->find(';') == std::string_view::npos);
    require(sent.find(kName) != std::string_view::npos);
  }

  Headers after;
  after.add("Cookie", std::string(kName) + "=TOKEN; " + field);
  const auto first = find_cookie(after, kName);
  require(first.value == "TOKEN");
  require(first.differing == (found.differing || (found.value && *found.value != "TOKEN")));

  Headers split;
  split.add("cookie", std::string(kName) + "=TOKEN");
  split.add("cookie", field);
  require(find_cookie(split, kName).differing == first.differing);
  return 0;
}
