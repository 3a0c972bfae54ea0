#include "accounts/mail/outbox.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "accounts/mail/mail_queue.hpp"

namespace kith::accounts {

namespace {

constexpr std::string_view kEnding = ".eml";
constexpr std::string_view kUnfinished = ".eml.part";

// "2026-11-21T19:13:25.123Z" without what file names had better not hold.
std::string file_name(const WaitingMail& mail) {
  auto time = core::format_timestamp(mail.created_at);
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return time + "-" + mail.id;
}

}  // namespace

Expected<std::unique_ptr<OutboxFolder>> OutboxFolder::open(const std::filesystem::path& folder, storage::Disk& disk,
                                                           std::size_t most_files) {
  KITH_TRY_ASSIGN(opened, storage::open_or_make_folder(folder));
  std::unique_ptr<OutboxFolder> outbox(new OutboxFolder(std::move(opened), disk, most_files));
  KITH_TRY(outbox->remove_unfinished());
  return outbox;
}

Delivery OutboxFolder::deliver(const WaitingMail& mail) {
  auto done = write(file_name(mail), mail.message);
  if (done) done = remove_oldest();
  return done ? Delivery::delivered() : Delivery::held_up("the outbox: " + done.error().detail);
}

Expected<void> OutboxFolder::write(const std::string& name, const std::string& message) {
  const auto unfinished = name + std::string(kUnfinished);
  const auto finished = name + std::string(kEnding);
  const auto failed = [](const char* what) { return storage::system_failure(what, errno); };
  storage::Descriptor file(::openat(folder_.get(), unfinished.c_str(),
                                    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failed("cannot make a file");
  for (auto rest = core::as_bytes(message); !rest.empty();) {
    const auto count = disk_.write(file.get(), rest);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot write a file");
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
  if (disk_.sync(file.get()) != 0) return failed("cannot sync a file");
  if (::renameat(folder_.get(), unfinished.c_str(), folder_.get(), finished.c_str()) != 0)
    return failed("cannot rename a file");
  if (disk_.sync(folder_.get()) != 0) return failed("cannot sync the folder");
  return {};
}

Expected<void> OutboxFolder::remove_unfinished() {
  return storage::for_each_name(folder_.get(), [&](const std::string& name) -> Expected<void> {
    if (name.ends_with(kUnfinished)) (void)::unlinkat(folder_.get(), name.c_str(), 0);
    return {};
  });
}

Expected<void> OutboxFolder::remove_oldest() {
  std::vector<std::string> names;
  KITH_TRY(storage::for_each_name(folder_.get(), [&](const std::string& name) -> Expected<void> {
    if (name.ends_with(kEnding)) names.push_back(name);
    return {};
  }));
  if (names.size() <= most_files_) return {};
  const auto kept = names.end() - static_cast<std::ptrdiff_t>(most_files_);
  std::nth_element(names.begin(), kept, names.end());
  for (auto name = names.begin(); name != kept; ++name) {
    if (::unlinkat(folder_.get(), name->c_str(), 0) != 0 && errno != ENOENT)
      return storage::system_failure("cannot remove an old file", errno);
  }
  return {};
}

}  // namespace kith::accounts
