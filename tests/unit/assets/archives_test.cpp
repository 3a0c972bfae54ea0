#include "assets/archives.hpp"

#include "assets/limits.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {
namespace {

using core::ErrorCode;

class ArchivesTest : public AssetsTest {
 protected:
  void share_with(const core::UserId& owner, const core::UserId& viewer, const core::AssetId& asset) {
    ASSERT_TRUE(database_->write([&](storage::Transaction& transaction) -> core::Expected<void> {
      KITH_TRY(transaction.execute(
          "INSERT INTO shares (id, owner, viewer, asset, shared_at) VALUES (?, ?, ?, ?, 0)",
          {core::ShareId::make(clock_, random_).text(), owner.text(), viewer.text(), asset.text()}));
      return {};
    }));
  }
  core::Expected<Archive> make(const core::UserId& owner, const std::vector<core::AssetId>& ids,
                               std::string_view name = "") {
    return assets_->archives().make(owner, ids, name);
  }
  // The bytes of the ZIP.
  core::Expected<std::string> fetch(const core::UserId& owner, const core::ArchiveId& id) {
    KITH_TRY_ASSIGN(opened, assets_->archives().open(owner, id));
    core::Bytes bytes(opened.archive.size + 1);
    KITH_TRY_ASSIGN(count, opened.content->read(bytes));
    bytes.resize(count);
    return std::string(core::as_text(bytes));
  }
};

TEST_F(ArchivesTest, HoldsEachFileOnceWithItsLengthTold) {
  const auto a = put(alice_, "a.txt", "first content").id;
  const auto b = put(alice_, "b.txt", "second content").id;
  const auto archive = make(alice_, {a, b, a}).value();
  EXPECT_EQ(archive.count, 2u);
  EXPECT_EQ(archive.name, "files.zip");
  EXPECT_EQ(archive.expires_at, clock_.now() + kArchiveKept);
  const auto bytes = fetch(alice_, archive.id).value();
  EXPECT_EQ(bytes.size(), archive.size);
  EXPECT_LT(bytes.find("first content"), bytes.find("second content"));
  EXPECT_EQ(fetch(alice_, archive.id), bytes);  // as often as one likes
}

TEST_F(ArchivesTest, NamesFitWhatIsInside) {
  const auto a = put(alice_, "a.txt", "text").id;
  const auto png = put(alice_, "p.png", "\x89PNG\r\n\x1a\n picture").id;
  const auto other = put(alice_, "q.png", "\x89PNG\r\n\x1a\n other").id;
  EXPECT_EQ(make(alice_, {a})->name, "a.txt.zip");
  EXPECT_EQ(make(alice_, {png, other})->name, "photos.zip");
  EXPECT_EQ(make(alice_, {a, png})->name, "files.zip");
  EXPECT_EQ(make(alice_, {a, png}, "Ferien")->name, "Ferien.zip");
  EXPECT_EQ(make(alice_, {a, png}, "Ferien.ZIP")->name, "Ferien.ZIP");
  EXPECT_EQ(code_of(make(alice_, {a}, "../x")), ErrorCode::bad_request);
  EXPECT_EQ(code_of(make(alice_, {})), ErrorCode::bad_request);
}

TEST_F(ArchivesTest, OnlyOnesOwnFilesAndArchives) {
  const auto mine = put(alice_, "a.txt", "mine").id;
  const auto theirs = put(carol_, "b.txt", "theirs").id;
  share_with(carol_, alice_, theirs);
  EXPECT_EQ(code_of(make(alice_, {mine, theirs})), ErrorCode::not_found);
  const auto archive = make(alice_, {mine}).value();
  EXPECT_EQ(code_of(fetch(carol_, archive.id)), ErrorCode::not_found);
  EXPECT_EQ(code_of(fetch(alice_, core::ArchiveId::make(clock_, random_))), ErrorCode::not_found);
}

TEST_F(ArchivesTest, IsASnapshot) {
  const auto id = put(alice_, "a.txt", "old content").id;
  const auto archive = make(alice_, {id}).value();
  put(alice_, "a.txt", "new content of another length");
  ASSERT_TRUE(assets_->catalogue().rename(alice_, id, "renamed.txt"));
  const auto bytes = fetch(alice_, archive.id).value();
  EXPECT_NE(bytes.find("old content"), std::string::npos);
  EXPECT_EQ(bytes.find("renamed"), std::string::npos);
  ASSERT_TRUE(assets_->catalogue().remove(alice_, id));
  EXPECT_EQ(fetch(alice_, archive.id), bytes);  // a deleted file's content is still there for a day
}

TEST_F(ArchivesTest, ContentThatHasLeftTheStoreEndsTheDownload) {
  const auto kept = put(alice_, "a.txt", "kept").id;
  const auto lost = put(alice_, "b.txt", "lost");
  const auto archive = make(alice_, {kept, lost.id}).value();
  blobs_.lose(key_of(lost));
  EXPECT_FALSE(fetch(alice_, archive.id));
}

TEST_F(ArchivesTest, DownloadsBeginWithinTenMinutes) {
  const auto id = put(alice_, "a.txt", "content").id;
  const auto archive = make(alice_, {id}).value();
  clock_.advance(kArchiveKept - std::chrono::milliseconds(1));
  auto opened = assets_->archives().open(alice_, archive.id).value();
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(code_of(fetch(alice_, archive.id)), ErrorCode::not_found);
  core::Bytes space(archive.size);
  EXPECT_EQ(opened.content->read(space), archive.size);  // what has begun goes on
}

TEST_F(ArchivesTest, AUsersOldestMakesWayAndNobodyElses) {
  const auto theirs = make(carol_, {put(carol_, "c.txt", "theirs").id}).value();
  const auto id = put(alice_, "a.txt", "content").id;
  std::vector<core::ArchiveId> made;
  for (std::size_t i = 0; i <= kMaxArchivesPerUser; ++i) made.push_back(make(alice_, {id})->id);
  EXPECT_EQ(code_of(fetch(alice_, made[0])), ErrorCode::not_found);
  EXPECT_TRUE(fetch(alice_, made[1]));
  EXPECT_TRUE(fetch(alice_, made.back()));
  EXPECT_TRUE(fetch(carol_, theirs.id));
}

TEST_F(ArchivesTest, FilesAreBoundedAnArchiveAUserAndInAll) {
  Archives archives(*database_, blobs_, clock_, random_,
                    {.files = 3, .archives_per_user = 10, .files_per_user = 5, .files_in_all = 8});
  const auto files_of = [&](const core::UserId& owner) {
    std::vector<core::AssetId> ids;
    for (const char* name : {"1", "2", "3", "4"}) ids.push_back(put(owner, name, name).id);
    return ids;
  };
  const auto hers = files_of(alice_);
  const auto theirs = files_of(carol_);
  EXPECT_EQ(code_of(archives.make(alice_, hers, "")), ErrorCode::too_large);
  const auto first_of = [](const std::vector<core::AssetId>& ids, std::size_t count) {
    return std::span(ids).first(count);
  };
  const auto first = archives.make(alice_, first_of(hers, 3), "").value();
  const auto second = archives.make(alice_, first_of(hers, 2), "").value();
  ASSERT_TRUE(archives.make(carol_, first_of(theirs, 3), ""));
  EXPECT_EQ(code_of(archives.make(carol_, first_of(theirs, 1), "")), ErrorCode::busy);  // eight are in all
  const auto third = archives.make(alice_, first_of(hers, 3), "").value();              // in the place of the first
  EXPECT_EQ(code_of(archives.open(alice_, first.id)), ErrorCode::not_found);
  EXPECT_TRUE(archives.open(alice_, second.id));
  EXPECT_TRUE(archives.open(alice_, third.id));
  clock_.advance(kArchiveKept);
  EXPECT_TRUE(archives.make(carol_, first_of(theirs, 1), ""));
}

}  // namespace
}  // namespace kith::assets
