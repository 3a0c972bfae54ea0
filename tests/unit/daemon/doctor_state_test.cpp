// Every verdict of the checks of the disk and of what the daemon keeps and runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/doctor/disk_checks.hpp"
#include "daemon/doctor/state_checks.hpp"

namespace kith::daemon {
namespace {

using enum CheckState;
using testing::HasSubstr;

void expect(const Check& check, CheckState state, std::string_view code) {
  EXPECT_EQ(check_state_name(check.state), check_state_name(state)) << check.code;
  EXPECT_EQ(check.code, code);
  EXPECT_THAT(check.text, testing::Not(testing::IsEmpty()));
}

const core::Timestamp kNow = *core::parse_timestamp("2026-06-01T12:00:00.000Z");
constexpr std::chrono::days kDay{1};
constexpr std::uint64_t kGigabyte = 1'000'000'000;

TEST(DoctorDisk, EveryVerdict) {
  expect(check_disk(std::nullopt), error, "not_readable");
  DiskFacts facts{"/var/lib/kith", 100 * kGigabyte, 50 * kGigabyte, kGigabyte, 1'000'000, 500'000, false, ""};
  expect(check_disk(facts), ok, "ok");
  facts.free_bytes = 5 * kGigabyte;
  expect(check_disk(facts), warning, "nearly_full");
  facts.free_bytes = kGigabyte;
  const auto full = check_disk(facts);
  expect(full, error, "full");
  EXPECT_EQ(full.values.at("free_bytes"), "1000000000");
  facts.free_bytes = 50 * kGigabyte;
  facts.network = "NFS";
  expect(check_disk(facts), warning, "network");
  facts.free_inodes = 9'999;
  expect(check_disk(facts), error, "no_inodes");
  facts.inodes = 0;  // a file system that counts none
  expect(check_disk(facts), warning, "network");
  facts.read_only = true;
  expect(check_disk(facts), error, "read_only");
}

struct DoctorPermissions : testing::Test {
  PermissionFacts facts;
  DoctorPermissions() {
    facts.user = 100;
    facts.files = {{"/d", true, true, true, 0700, 100},
                   {"/d/master.key", false, true, true, 0600, 100, true},
                   {"/d/kith.db", false, true, true, 0600, 100}};
  }
};

TEST_F(DoctorPermissions, Folder) {
  expect(check_permissions(facts), ok, "ok");
  facts.files[0].mode = 0750;
  expect(check_permissions(facts), warning, "folder_open");
  facts.files[0].mode = 0755;
  const auto open = check_permissions(facts);
  expect(open, error, "folder_open");
  EXPECT_THAT(open.text, HasSubstr("chmod 700 /d"));
  facts.files[0].found = false;
  expect(check_permissions(facts), ok, "ok");
}

TEST_F(DoctorPermissions, Files) {
  facts.files[2].mode = 0640;
  expect(check_permissions(facts), warning, "file_open");
  facts.files[2].mode = 0644;
  expect(check_permissions(facts), error, "file_open");
  facts.files[2].mode = 0600;
  facts.files[1].mode = 0640;
  const auto open = check_permissions(facts);
  expect(open, error, "file_open");
  EXPECT_EQ(open.values.at("path"), "/d/master.key");
  facts.files[1].found = false;
  expect(check_permissions(facts), ok, "ok");
}

TEST_F(DoctorPermissions, Owners) {
  facts.files[2].owner = 0;  // a file that root made
  const auto other = check_permissions(facts);
  expect(other, error, "other_owner");
  EXPECT_THAT(other.text, HasSubstr("chown 100 /d/kith.db"));
  facts.user = 0;  // root looks at what is somebody's
  expect(check_permissions(facts), error, "other_owner");
  facts.files[2].owner = 100;
  expect(check_permissions(facts), ok, "ok");
  facts.user = 7;
  facts.files[0].readable = false;
  expect(check_permissions(facts), error, "not_readable");
}

TEST(DoctorDatabase, EveryVerdict) {
  storage::DatabaseLook look{"/d/kith.db", false, "", false, 0, 16};
  expect(check_database(look), ok, "not_made");
  look = {"/d/kith.db", true, "", true, 16, 16};
  expect(check_database(look), ok, "ok");
  look.version = 15;
  expect(check_database(look), ok, "older");
  look.finished = false;
  expect(check_database(look), unknown, "not_finished");
  look.version = 17;
  expect(check_database(look), error, "newer");
  look.problem = "wrong # of entries in index";
  const auto damaged = check_database(look);
  expect(damaged, error, "damaged");
  EXPECT_THAT(damaged.text, HasSubstr("wrong # of entries"));
}

TEST(DoctorMasterKey, EveryVerdict) {
  expect(check_master_key({false, "", false}), ok, "not_made");
  expect(check_master_key({true, "", true}), ok, "ok");
  expect(check_master_key({true, "", false}), unknown, "not_readable");
  expect(check_master_key({true, "the key is gone: restore it", true}), error, "wrong");
}

TEST(DoctorMail, EveryVerdict) {
  expect(check_mail_state({}, kNow), ok, "not_configured");
  MailFacts facts{true, "", 0, {}, ""};
  expect(check_mail_state(facts, kNow), ok, "ok");
  facts.waiting = 3;
  facts.oldest_at = kNow - std::chrono::minutes{59};
  expect(check_mail_state(facts, kNow), ok, "ok");
  facts.oldest_at = kNow - std::chrono::minutes{61};
  facts.last_error = "connection refused";
  const auto waiting = check_mail_state(facts, kNow);
  expect(waiting, warning, "waiting");
  EXPECT_THAT(waiting.text, HasSubstr("connection refused"));
  facts.problem = "the password file is not there";
  expect(check_mail_state(facts, kNow), error, "not_usable");
}

TEST(DoctorPhotos, EveryVerdict) {
  expect(check_photos(std::nullopt), ok, "ok");
  expect(check_photos("it is not there"), error, "cannot_start");
}

TEST(DoctorBackup, EveryVerdict) {
  expect(check_backup({false, {}}, kNow), ok, "nothing_yet");
  expect(check_backup({true, {}}, kNow), warning, "never");
  expect(check_backup({true, kNow - 30 * kDay}, kNow), ok, "ok");
  const auto old = check_backup({true, kNow - 31 * kDay}, kNow);
  expect(old, warning, "old");
  EXPECT_EQ(old.values.at("days"), "31");
}

TEST(DoctorContent, EveryVerdict) {
  expect(check_content(0), ok, "ok");
  const auto damaged = check_content(2);
  expect(damaged, error, "damaged");
  EXPECT_EQ(damaged.values.at("damaged"), "2");
}

TEST(DoctorPeers, EveryVerdict) {
  expect(check_peers({}, kNow), ok, "ok");
  expect(check_peers({{"b.example", kNow - 7 * kDay, ""}}, kNow), ok, "ok");
  const auto down = check_peers({{"c.example", kNow - 9 * kDay, "timeout"}, {"b.example", kNow - 8 * kDay, ""}}, kNow);
  expect(down, warning, "down");
  EXPECT_EQ(down.values.at("domain"), "c.example");
  EXPECT_EQ(down.values.at("count"), "2");
}

TEST(DoctorChecks, AreToldAsJson) {
  const Check check{"disk", warning, "network", {{"path", "/d"}}, "Move it."};
  EXPECT_EQ(check_json(check).dump(),
            R"({"check":"disk","code":"network","state":"warning","text":"Move it.","values":{"path":"/d"}})");
  EXPECT_FALSE(any_error({check}));
  EXPECT_TRUE(any_error({check, {"content", error, "damaged", {}, "Restore it."}}));
}

}  // namespace
}  // namespace kith::daemon
