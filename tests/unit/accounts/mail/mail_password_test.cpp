#include "accounts/mail/mail_password.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace kith::accounts {
namespace {

using ::testing::HasSubstr;

class MailPasswordTest : public ::testing::Test {
 protected:
  Expected<MailPassword> read(const std::string& content) {
    std::ofstream(file(), std::ios::binary) << content;
    return read_mail_password(file());
  }
  // As libcurl gets it.
  std::string read_text(const std::string& content) {
    const auto password = read(content);
    if (!password) return "failed: " + password.error().detail;
    return reinterpret_cast<const char*>(password->view().data());
  }
  std::filesystem::path file() const { return dir_ / "password"; }
  test::TempDir dir_;
};

TEST_F(MailPasswordTest, IsTheFirstLine) {
  EXPECT_EQ(read_text("se cret"), "se cret");
  EXPECT_EQ(read_text("se cret\n"), "se cret");
  EXPECT_EQ(read_text("se cret\r\n# a remark\n"), "se cret");
  EXPECT_EQ(read_text(" spaces stay \n"), " spaces stay ");
  EXPECT_EQ(read_text(std::string(256, 'x') + "\r\n"), std::string(256, 'x'));
}

TEST_F(MailPasswordTest, RefusesWhatIsNoPasswordAndSaysWhatIsWrong) {
  EXPECT_THAT(read_text(""), HasSubstr("is empty"));
  EXPECT_THAT(read_text("\nsecret\n"), HasSubstr("is empty"));
  EXPECT_THAT(read_text("\r\n"), HasSubstr("is empty"));
  EXPECT_THAT(read_text(std::string(257, 'x')), HasSubstr("more than 256 characters"));
  EXPECT_THAT(read_text(std::string(10'000, 'x')), HasSubstr("more than 256 characters"));
  EXPECT_THAT(read_text(std::string("sec\0ret", 7)), HasSubstr("control characters"));
}

TEST_F(MailPasswordTest, TellsThatTheFileCannotBeRead) {
  const auto password = read_mail_password(dir_ / "missing");
  ASSERT_FALSE(password);
  EXPECT_THAT(password.error().detail, HasSubstr("mail.password_file: "));
  EXPECT_THAT(password.error().detail, HasSubstr("readable for the user who runs kithd"));
  EXPECT_FALSE(read_mail_password(dir_.path()));  // a folder
}

}  // namespace
}  // namespace kith::accounts
