#include "accounts/mail/outbox.hpp"

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "tests/unit/accounts/mail/mail_fixture.hpp"

namespace kith::accounts {
namespace {

namespace fs = std::filesystem;
using test::must;

WaitingMail mail_of(std::int64_t ms, const std::string& id) {
  WaitingMail mail;
  mail.id = id;
  mail.message = "To: <alice@mail.example>\r\n\r\n" + id + "\r\n";
  mail.created_at = core::from_unix_ms(ms);
  return mail;
}

class FailingDisk final : public storage::Disk {
 public:
  ssize_t write(int file, core::ByteView bytes) override {
    if (!full) return Disk::write(file, bytes);
    errno = ENOSPC;
    return -1;
  }
  int sync(int file) override {
    if (!broken) return Disk::sync(file);
    errno = EIO;
    return -1;
  }
  bool full = false, broken = false;
};

class OutboxTest : public ::testing::Test {
 protected:
  fs::path folder() const { return dir_ / "outbox"; }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder())) found.insert(entry.path().filename().string());
    return found;
  }
  test::TempDir dir_;
  FailingDisk disk_;
};

TEST_F(OutboxTest, WritesAFileOnlyItsOwnerCanRead) {
  auto outbox = must(OutboxFolder::open(folder(), disk_));
  const auto mail = mail_of(1'795'288'405'123, "01hxyz");
  EXPECT_EQ(outbox->deliver(mail).kind, Delivery::Kind::delivered);
  ASSERT_EQ(names(), std::set<std::string>{"20261121T191325123Z-01hxyz.eml"});
  const auto file = folder() / *names().begin();
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), mail.message);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(OutboxTest, WritesAMailThatComesTwiceOnce) {
  auto outbox = must(OutboxFolder::open(folder(), disk_));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(outbox->deliver(mail_of(1000, "01a")).kind, Delivery::Kind::delivered);
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(OutboxTest, KeepsTheNewestFiles) {
  auto outbox = must(OutboxFolder::open(folder(), disk_, 3));
  { std::ofstream(folder() / "read me.txt") << "somebody's own"; }
  for (const int second : {5, 1, 4, 2, 3})
    EXPECT_EQ(outbox->deliver(mail_of(1'795'288'400'000 + second * 1000, std::to_string(second))).kind,
              Delivery::Kind::delivered);
  EXPECT_EQ(names(), (std::set<std::string>{"20261121T191323000Z-3.eml", "20261121T191324000Z-4.eml",
                                            "20261121T191325000Z-5.eml", "read me.txt"}));
}

TEST_F(OutboxTest, HoldsMailsUpWhileTheDiskIsFullOrFails) {
  auto outbox = must(OutboxFolder::open(folder(), disk_));
  disk_.full = true;
  EXPECT_EQ(outbox->deliver(mail_of(1000, "01a")).kind, Delivery::Kind::held_up);
  disk_.full = false;
  disk_.broken = true;
  EXPECT_EQ(outbox->deliver(mail_of(1000, "01a")).kind, Delivery::Kind::held_up);
  for (const auto& name : names()) EXPECT_FALSE(name.ends_with(".eml")) << name;
  disk_.broken = false;
  EXPECT_EQ(outbox->deliver(mail_of(1000, "01a")).kind, Delivery::Kind::delivered);
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(OutboxTest, RemovesWhatACrashLeft) {
  fs::create_directory(folder());
  { std::ofstream(folder() / "20261121T191325123Z-01hxyz.eml.part") << "To: <ali"; }
  { std::ofstream(folder() / "20261121T191325124Z-01hxyz.eml") << "To: <alice@mail.example>"; }
  must(OutboxFolder::open(folder(), disk_));
  EXPECT_EQ(names(), std::set<std::string>{"20261121T191325124Z-01hxyz.eml"});
}

TEST_F(OutboxTest, FollowsNoLinks) {
  fs::create_directory(dir_ / "elsewhere");
  fs::create_symlink(dir_ / "elsewhere", folder());
  EXPECT_FALSE(OutboxFolder::open(folder(), disk_));
}

}  // namespace
}  // namespace kith::accounts
