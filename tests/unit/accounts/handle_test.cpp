#include "accounts/handle.hpp"

#include <gtest/gtest.h>

namespace kith::accounts {

TEST(Handle, TakesThreeToThirtyTwoOfItsAlphabet) {
  EXPECT_TRUE(is_handle("bob"));
  EXPECT_TRUE(is_handle("a.b_c-9"));
  EXPECT_TRUE(is_handle(std::string(32, 'a')));
  EXPECT_FALSE(is_handle("ab"));
  EXPECT_FALSE(is_handle(std::string(33, 'a')));
  for (const char* bad : {"Bob", "bo b", "bob@", "bo/b",
                          "b\xc3\xb6"
                          "b",
                          "bob\n"})
    EXPECT_FALSE(is_handle(bad)) << bad;
  EXPECT_FALSE(is_handle(std::string_view("bo\0b", 4)));
}

TEST(Handle, IsSuggestedByTheLocalPart) {
  EXPECT_EQ(suggest_handle("Alice.Smith@mail.example"), "alice.smith");
  EXPECT_EQ(suggest_handle("alice+kith@mail.example"), "alice");
  EXPECT_EQ(suggest_handle("al@mail.example"), "user-al");
  EXPECT_EQ(suggest_handle("!!@mail.example"), "user");
  EXPECT_EQ(suggest_handle("o'neill@mail.example"), "oneill");
  EXPECT_EQ(suggest_handle("_x_@mail.example"), "user-x");
  EXPECT_EQ(suggest_handle(std::string(60, 'q') + "@mail.example"), std::string(32, 'q'));
}

TEST(Handle, StaysOneWithANumber) {
  EXPECT_EQ(numbered_handle("alice", 1), "alice");
  EXPECT_EQ(numbered_handle("alice", 2), "alice2");
  EXPECT_EQ(numbered_handle(std::string(32, 'a'), 100), std::string(29, 'a') + "100");
}

TEST(EmailAddress, IsOneWithLocalPartAndDomain) {
  for (const char* good : {"a@b", "alice@mail.example", "o'neill+x@a-b.example", "UPPER@Mail.Example"})
    EXPECT_TRUE(is_email(good)) << good;
  for (const char* bad : {"", "alice", "@mail.example", "alice@", "a@b@c", "al ice@mail.example", "alice@mail..example",
                          ".alice@mail.example", "alice@mail.example\r\nBcc: x@y", "<alice@mail.example>", "a\"b@c",
                          "alice@mail.example:25", "\xc3\xa4@mail.example"})
    EXPECT_FALSE(is_email(bad)) << bad;
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@mail.example"));
  EXPECT_FALSE(is_email("a@" + std::string(253, 'b')));
}

TEST(Address, HasADomainForPeopleElsewhere) {
  EXPECT_EQ(parse_address("carol"), (Address{"carol", std::nullopt}));
  EXPECT_EQ(parse_address("bob@b.example:8471"), (Address{"bob", "b.example:8471"}));
  EXPECT_EQ(parse_address("bob@[::1]:8471"), (Address{"bob", "[::1]:8471"}));
  for (const char* bad : {"", "bo", "bob@", "bob@B.example", "bob@b@c", "bob@b/c", "bob@b c", "Bob@b.example"})
    EXPECT_FALSE(parse_address(bad)) << bad;
}

}  // namespace kith::accounts
