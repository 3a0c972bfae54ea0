#include "client/remote_files.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kith::test {
namespace {

using client::fits_pattern;
using core::Json;

Json asset() {
  return {{"id", "01j9z3v7k2m4n6p8q0r2s4t6v8"},
          {"name", "beach.jpg"},
          {"size", 5},
          {"digest", "sha-256:" + std::string(64, 'a')},
          {"etag", "\"abc\""}};
}

}  // namespace

TEST(RemoteFiles, PatternsMeanWholeNames) {
  EXPECT_TRUE(fits_pattern("*.jpg", "beach.jpg"));
  EXPECT_TRUE(fits_pattern("*", ""));
  EXPECT_TRUE(fits_pattern("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(fits_pattern("?.txt", "ö.txt"));
  EXPECT_TRUE(fits_pattern("a*a", "aaa"));
  EXPECT_TRUE(fits_pattern("*ab", "aab"));
  EXPECT_FALSE(fits_pattern("*.jpg", "beach.jpg.txt"));
  EXPECT_FALSE(fits_pattern("?", ""));
  EXPECT_FALSE(fits_pattern("a*a", "a"));
  EXPECT_FALSE(fits_pattern("", "a"));
  EXPECT_FALSE(fits_pattern("B*", "beach.jpg"));
}

TEST(RemoteFiles, PatternsThatHardlyFitTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  // With trying all ways this would take longer than the universe is old.
  EXPECT_FALSE(fits_pattern(pattern + "b", std::string(4000, 'a')));
}

TEST(RemoteFiles, ListsAreNarrowedByTheLongestPlainPart) {
  EXPECT_EQ(client::list_target(std::nullopt, ""), "/api/assets");
  EXPECT_EQ(client::list_target(std::nullopt, "*a*long part?"), "/api/assets?name=long%20part");
  EXPECT_EQ(client::list_target("bob@b.example", "*"), "/api/assets?owner=bob%40b.example");
  EXPECT_EQ(client::list_target("bob", "a&b"), "/api/assets?owner=bob&name=a%26b");
}

TEST(RemoteFiles, AreReadFromWhatTheApiSays) {
  const auto file = client::remote_file(asset());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->name, "beach.jpg");
  EXPECT_EQ(file->size, 5U);
}

TEST(RemoteFiles, WhatIsNoAssetIsAnError) {
  EXPECT_FALSE(client::remote_file(Json::array()));
  for (const auto* field : {"id", "name", "size", "digest", "etag"}) {
    auto without = asset();
    without.erase(field);
    EXPECT_FALSE(client::remote_file(without)) << field;
  }
  for (const auto& [field, wrong] : std::initializer_list<std::pair<const char*, Json>>{{"size", -1},
                                                                                        {"size", "5"},
                                                                                        {"digest", "md5:00"},
                                                                                        {"etag", "a\r\nX-Evil: 1"},
                                                                                        {"etag", "a b"},
                                                                                        {"name", nullptr}}) {
    auto changed = asset();
    changed[field] = wrong;
    const auto file = client::remote_file(changed);
    ASSERT_FALSE(file) << field;
    EXPECT_EQ(file.error().code, core::ErrorCode::peer_error);
  }
}

}  // namespace kith::test
