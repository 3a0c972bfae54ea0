// What a receiver of a live transfer decides before anything comes, and the thread that writes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "client/background_writer.hpp"
#include "client/live_saving.hpp"
#include "client/live_visit.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

std::vector<LiveFile> files_called(const std::vector<std::string>& names) {
  std::vector<LiveFile> files;
  for (const auto& name : names) files.push_back({name, 5, "text/plain"});
  return files;
}

std::vector<std::string> names_of(const std::vector<LiveChoice>& choices) {
  std::vector<std::string> names;
  for (const auto& choice : choices) names.push_back(choice.name);
  return names;
}

TEST(LiveSaving, NamesAreSafeAndNoTwoAreTheSame) {
  const auto choices =
      choose_live_files(files_called({"../a.txt", "a.txt", "_a.txt", "a (2).txt", "a.txt", "..", ".."}), {});
  ASSERT_TRUE(choices);
  EXPECT_THAT(names_of(*choices),
              testing::ElementsAre("_a.txt", "a.txt", "_a (2).txt", "a (2).txt", "a (3).txt", "file", "file (2)"));
}

TEST(LiveSaving, AFileKeepsItsNameWhateverElseIsChosen) {
  const auto files = files_called({"a", "a", "b"});
  const auto choices = choose_live_files(files, {3, 2, 2});
  ASSERT_TRUE(choices);
  EXPECT_THAT(names_of(*choices), testing::ElementsAre("a (2)", "b"));
  EXPECT_EQ(choices->front().number, 1u);
  EXPECT_EQ(file_options(*choices), " --file 2 --file 3");
  EXPECT_EQ(choose_live_files(files, {4}).error().code, ErrorCode::bad_request);
  EXPECT_EQ(choose_live_files(files, {0}).error().code, ErrorCode::bad_request);
}

TEST(LiveSaving, ATakenNameIsRefusedWithWhatHelps) {
  const test::TempDir folder;
  const auto choices = choose_live_files(files_called({"a", "b", "c"}), {});
  EXPECT_TRUE(check_names_are_free(folder.path().string(), *choices));
  std::filesystem::create_symlink("/nowhere", folder.path() / "b");
  const auto refused = check_names_are_free(folder.path().string(), *choices);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("There is b here"));
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("--file 1 --file 3"));
}

TEST(LiveListing, IsReadWithItsMac) {
  const auto listing = parse_live_listing(
      R"({"live_id":"01j9z3v7k2m4n6p8q0r2s4t6v8","files":[{"name":"a","size":3,"type":""},
          {"name":"b","size":null,"type":"x/y"}],"mac":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
          "from":{"person":"Al\u001bice","instance":"a.example"},"sender_here":true,"expires_at":"later","new":1})");
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_EQ(listing->offer.files.size(), 2u);
  EXPECT_EQ(listing->offer.files[0].size, 3u);
  EXPECT_FALSE(listing->offer.files[1].size);
  EXPECT_EQ(listing->offer.from, "Al ice (a.example)");
  EXPECT_TRUE(listing->offer.sender_here);
  EXPECT_TRUE(listing->mac);
}

TEST(LiveListing, RefusesWhatMakesNoSense) {
  const std::string id = R"("live_id":"01j9z3v7k2m4n6p8q0r2s4t6v8")", file = R"({"name":"a","size":3,"type":""})";
  std::string many = file;
  for (int i = 0; i < 100; ++i) many += "," + file;
  for (const auto& body :
       {std::string("{}"), "{" + id + "}", "{" + id + R"(,"files":[]})", "{" + id + R"(,"files":{}})",
        "{" + id + R"(,"files":[1]})", "{" + id + R"(,"files":[{"name":"a"}]})",
        "{" + id + R"(,"files":[{"name":"a","size":-1,"type":""}]})", "{" + id + ",\"files\":[" + many + "]}",
        R"({"live_id":"../../x","files":[)" + file + "]}", std::string("<html>")}) {
    const auto listing = parse_live_listing(body);
    ASSERT_FALSE(listing) << body;
    EXPECT_EQ(listing.error().code, ErrorCode::peer_error) << body;
  }
}

core::Bytes filled(std::uint8_t with) {
  return core::Bytes(100, with);
}

TEST(BackgroundWriter, WritesInOrderAndGivesBuffersBack) {
  core::Bytes written;
  BackgroundWriter writer([&](core::ByteView bytes) -> Expected<void> {
    written.insert(written.end(), bytes.begin(), bytes.end());
    return {};
  });
  core::Bytes expected;
  for (int i = 0; i < 200; ++i) {
    auto buffer = filled(static_cast<std::uint8_t>(i));
    const core::ByteView part(buffer.data() + 10, 50);
    expected.insert(expected.end(), part.begin(), part.end());
    ASSERT_TRUE(writer.bring(buffer, part));
  }
  ASSERT_TRUE(writer.settle());
  EXPECT_EQ(written, expected);
}

TEST(BackgroundWriter, HoldsOnlySoMuch) {
  std::promise<void> may_write;
  auto waited = may_write.get_future().share();
  std::atomic<int> count = 0;
  BackgroundWriter writer([&](core::ByteView) -> Expected<void> {
    waited.wait();
    ++count;
    return {};
  });
  auto all = std::async(std::launch::async, [&] {
    for (int i = 0; i < 100; ++i) {
      auto buffer = filled(1);
      if (!writer.bring(buffer, buffer)) return false;
    }
    return true;
  });
  EXPECT_EQ(all.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout) << "it can't take all of it";
  may_write.set_value();
  EXPECT_TRUE(all.get());
  EXPECT_TRUE(writer.settle());
  EXPECT_EQ(count, 100);
}

TEST(BackgroundWriter, TellsWhatCouldNotBeWritten) {
  BackgroundWriter writer(
      [](core::ByteView) -> Expected<void> { return core::fail(ErrorCode::storage_full, "The disk is full."); });
  auto buffer = filled(1);
  ASSERT_TRUE(writer.bring(buffer, buffer));
  EXPECT_EQ(writer.settle().error().code, ErrorCode::storage_full);
  buffer = filled(2);
  EXPECT_EQ(writer.bring(buffer, buffer).error().code, ErrorCode::storage_full);
}

TEST(BackgroundWriter, MayGoBeforeAllIsWritten) {
  std::promise<void> begun, may_write;
  auto waited = may_write.get_future().share();
  std::optional<BackgroundWriter> writer(std::in_place, [&, first = true](core::ByteView) mutable -> Expected<void> {
    if (std::exchange(first, false)) begun.set_value();
    waited.wait();
    return {};
  });
  for (int i = 0; i < 10; ++i) {
    auto buffer = filled(1);
    ASSERT_TRUE(writer->bring(buffer, buffer));
  }
  begun.get_future().wait();
  may_write.set_value();
  writer.reset();
}

}  // namespace
}  // namespace kith::client
