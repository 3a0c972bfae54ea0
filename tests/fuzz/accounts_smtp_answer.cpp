// What a mail server answers, a line after the recipient's address it is about.
#include <algorithm>
#include <cstdlib>

#include "accounts/mail/limits.hpp"
#include "accounts/mail/smtp_answer.hpp"
#include "core/bytes.hpp"
#include "core/encoding.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = core::as_text({data, size});
  const auto recipient = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), recipient.size() + 1));

  if (const auto code = accounts::reply_code(rest)) require(*code >= 200 && *code <= 599);
  const auto shown = accounts::presentable_answer(rest, recipient);
  require(shown.size() <= accounts::mail_limits::kLongestError);
  require(std::all_of(shown.begin(), shown.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
  // Addresses are hidden behind dots, which with what stands beside them may make one that has dots itself.
  if (recipient.size() >= 3 && recipient.find('.') == recipient.npos)
    require(core::to_lower_ascii(shown).find(core::to_lower_ascii(recipient)) == shown.npos);
  return 0;
}
