#pragma once
// The password for the mail server, from the file the configuration names.

#include <filesystem>
#include <optional>

#include "accounts/mail/limits.hpp"
#include "core/error.hpp"
#include "core/secret.hpp"

namespace kith::accounts {

using core::Expected;

// With zeros behind it, so that view().data() is a C string.
using MailPassword = core::Secret<mail_limits::kLongestPassword + 1, struct MailPasswordTag>;

// The first line of `file`. bad_request, with what to do, when it can't be read, is empty, too long, or holds control
// characters.
[[nodiscard]] Expected<MailPassword> read_mail_password(const std::filesystem::path& file);

}  // namespace kith::accounts
