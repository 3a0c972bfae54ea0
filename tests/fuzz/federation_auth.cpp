// Auth messages as a stranger may send them: parsing never crashes, and what parses says the same when rendered again.
#include <cstdlib>

#include "core/bytes.hpp"
#include "federation/session/auth_message.hpp"

using namespace kith;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = core::as_text({data, size});
  if (const auto request = federation::parse_auth_request(text)) {
    const auto again = federation::parse_auth_request(federation::render_auth_request(*request));
    if (!again || *again != *request) std::abort();
  }
  if (const auto answer = federation::parse_auth_answer(text)) {
    const auto again = federation::parse_auth_answer(federation::render_auth_answer(*answer));
    if (!again || *again != *answer) std::abort();
  }
  return 0;
}
