#include "accounts/mail/mail_password.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "storage/posix_file.hpp"

namespace kith::accounts {

namespace {

// A file's beginning, wiped when it goes. Room for the line end, and for a sign too many.
using Beginning = core::Secret<mail_limits::kLongestPassword + 3, struct BeginningTag>;

core::Unexpected wrong(const std::filesystem::path& file, const std::string& what) {
  return core::fail(core::ErrorCode::bad_request, "mail.password_file: " + file.string() + " " + what);
}

Expected<std::size_t> read_beginning(const std::filesystem::path& file, Beginning& beginning) {
  const auto unreadable = [&] {
    return wrong(file, std::string("cannot be read (") + std::strerror(errno) +
                           "): it has to be there, and readable for the user who runs kithd");
  };
  const storage::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!opened) return unreadable();
  std::size_t size = 0;
  for (auto room = beginning.writable(); size < Beginning::kSize;) {
    const auto count = ::read(opened.get(), room.data() + size, room.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  return size;
}

}  // namespace

Expected<MailPassword> read_mail_password(const std::filesystem::path& file) {
  Beginning beginning;
  KITH_TRY_ASSIGN(size, read_beginning(file, beginning));
  const auto text = beginning.view().first(size);
  auto end = std::find(text.begin(), text.end(), std::uint8_t{'\n'});
  if (end != text.begin() && *std::prev(end) == '\r') --end;
  const auto length = static_cast<std::size_t>(end - text.begin());
  if (length == 0) return wrong(file, "is empty: its first line has to be the password");
  if (length > mail_limits::kLongestPassword) {
    return wrong(file, "begins with more than " + std::to_string(mail_limits::kLongestPassword) +
                           " characters: its first line has to be the password");
  }
  if (std::any_of(text.begin(), end, [](std::uint8_t c) { return c < 0x20 || c == 0x7f; }))
    return wrong(file, "holds control characters in its first line, which has to be the password");
  MailPassword password;
  std::copy(text.begin(), end, password.writable().begin());
  return password;
}

}  // namespace kith::accounts
