// Presigned addresses: one text for one meaning, and keys that come and go.
#include "daemon/api/presigned_urls.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using namespace std::chrono_literals;
using core::ErrorCode;

const Presigned kWhat{PresignedUse::download, "01hzy3v7k2m4n6p8q0r2s4t6v8.1", 1234,
                      core::from_unix_ms(1'800'000'600'000), "01hzy3v7k2m4n6p8q0r2s4t6v9"};
constexpr PresignedUse kUses[] = {PresignedUse::download, PresignedUse::upload, PresignedUse::resumable,
                                  PresignedUse::resumption};

struct PresignedTest : testing::Test {
  test::TempDir folder;
  test::FakeClock clock;
  test::SeededRandom random{1};
  std::unique_ptr<storage::Database> database = std::move(*storage::Database::open(folder / "kith.db"));
  std::unique_ptr<storage::KeyVault> vault =
      std::move(*storage::KeyVault::open(*database, storage::MasterKey{}, random));
  std::optional<PresignedUrls> urls{std::in_place, *database, *vault, clock, random};

  void restart() { urls.emplace(*database, *vault, clock, random); }
  std::string sign(std::chrono::seconds life = 10min, PresignedUse use = PresignedUse::download) {
    auto what = kWhat;
    what.use = use;
    what.expires_at = clock.now() + life;
    return urls->sign(what).value();
  }
  bool good(std::string_view target, PresignedUse use = PresignedUse::download) {
    const auto read = urls->verify(use, target);
    EXPECT_TRUE(read || read.error().code == ErrorCode::forbidden);
    return read.has_value();
  }
  std::int64_t stored_keys() {
    std::int64_t count = 0;
    EXPECT_TRUE(database->read([&](storage::Reader& reader) {
      return reader.query("SELECT count(*) FROM presigned_keys", {}, [&](const storage::Row& row) {
        count = row.integer(0);
        return false;
      });
    }));
    return count;
  }
};

TEST_F(PresignedTest, SaysWhatWasSigned) {
  const auto read = urls->verify(PresignedUse::download, urls->sign(kWhat).value());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, kWhat);
}

TEST_F(PresignedTest, HasTheFormOfItsDescription) {
  const auto target = urls->sign(kWhat).value();
  const std::string head = "/exchange/content/01hzy3v7k2m4n6p8q0r2s4t6v8.1?expires=1800000600&size=1234&key=";
  EXPECT_EQ(target.substr(0, head.size()), head);
  const auto rest = target.substr(head.size() + 26);
  EXPECT_EQ(rest.substr(0, rest.size() - 43), "&id=01hzy3v7k2m4n6p8q0r2s4t6v9&signature=");
}

// Every character takes part: each one changed to each of a few others is refused.
TEST_F(PresignedTest, OneChangedCharacterIsRefused) {
  const auto target = sign();
  ASSERT_TRUE(good(target));
  for (std::size_t i = 0; i < target.size(); ++i) {
    for (const char other : std::string_view("0a9Z&=%/?. -\0", 13)) {
      if (other == target[i]) continue;
      auto changed = target;
      changed[i] = other;
      EXPECT_FALSE(good(changed)) << changed;
    }
    EXPECT_FALSE(good(target.substr(0, i))) << i;
    EXPECT_FALSE(good(std::string(target).erase(i, 1))) << i;
    EXPECT_FALSE(good(std::string(target).insert(i, 1, target[i]))) << i;
  }
}

// Each would mean the same to a lenient reader.
TEST_F(PresignedTest, AnotherTextOfTheSameMeaningIsRefused) {
  const auto target = sign();
  const auto with = [&](std::string_view from, std::string_view to) {
    auto changed = target;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
  };
  const auto query = target.substr(target.find('?') + 1);
  for (const auto& changed :
       {with("size=", "size=0"), with("size=", "size=+"), with("expires=", "expires=0"),
        with("/exchange", "//exchange"), with("/exchange", "/Exchange"), with("/content/", "/content/./"),
        with("content", "c%6fntent"), with("&size", "&&size"), with("?", "?x=1&"), target + "&x=1", target + "=",
        target + "#", target + "&" + query, with("&id=", "&ID="), with("&signature=", "&signature=="),
        std::string("http://a.example") + target}) {
    EXPECT_FALSE(good(changed)) << changed;
  }
}

TEST_F(PresignedTest, IsGoodForOneUseOnly) {
  for (const auto signed_for : kUses) {
    const auto target = sign(10min, signed_for);
    for (const auto use : kUses) EXPECT_EQ(good(target, use), use == signed_for) << target;
  }
}

TEST_F(PresignedTest, NoFieldTakesTheSignatureOfAnother) {
  std::set<std::string> signatures;
  const auto note = [&](const Presigned& what) {
    const auto target = urls->sign(what).value();
    EXPECT_TRUE(signatures.insert(target.substr(target.size() - 43)).second) << target;
  };
  note(kWhat);
  for (const auto use : kUses) {
    auto other = kWhat;
    other.use = use;
    if (use != kWhat.use) note(other);
  }
  auto object = kWhat, size = kWhat, expiry = kWhat, id = kWhat;
  object.object.back() = '2';
  ++size.size;
  expiry.expires_at += 1s;
  id.id.back() = '0';
  for (const auto& other : {object, size, expiry, id}) note(other);
}

TEST_F(PresignedTest, RunsOut) {
  const auto target = sign(10min);
  clock.advance(10min - 1ms);
  EXPECT_TRUE(good(target));
  clock.advance(1ms);
  EXPECT_FALSE(good(target));
}

TEST_F(PresignedTest, NoneIsMadeThatWouldOutliveItsKey) {
  auto what = kWhat;
  what.expires_at = clock.now() + kLongestPresigned + 1s;
  EXPECT_FALSE(urls->sign(what));
}

TEST_F(PresignedTest, KeysChangeEachDayAndTheOldOneGoesOnVerifying) {
  const auto before = sign(1h);
  clock.advance(kPresignedKeyLife - 1min);
  const auto last = sign(2min);
  EXPECT_EQ(stored_keys(), 1);
  clock.advance(1min);
  const auto after = sign();
  EXPECT_EQ(stored_keys(), 2);
  EXPECT_NE(parse_presigned(PresignedUse::download, last)->key, parse_presigned(PresignedUse::download, after)->key);
  EXPECT_TRUE(good(last)) << "signed by the key before";
  EXPECT_TRUE(good(after));
  EXPECT_FALSE(good(before));
  clock.advance(1min);
  EXPECT_FALSE(good(last)) << "its time is over";
}

TEST_F(PresignedTest, KeysOutliveARestart) {
  const auto old = sign(3h);
  clock.advance(kPresignedKeyLife);
  clock.advance(-1h);
  const auto current = sign(3h);
  clock.advance(1h);
  const auto fresh = sign(3h);
  restart();
  EXPECT_FALSE(good(old));
  EXPECT_TRUE(good(current)) << "by the retired key";
  EXPECT_TRUE(good(fresh)) << "by the current one";
  EXPECT_EQ(parse_presigned(PresignedUse::download, sign())->key, parse_presigned(PresignedUse::download, fresh)->key);
}

TEST_F(PresignedTest, AnAddressOfTheLongestKindIsGoodToItsEnd) {
  (void)sign();
  clock.advance(kPresignedKeyLife - 1s);
  const auto target = sign(kLongestPresigned);
  for (int day = 0; day < 7; ++day) {
    EXPECT_TRUE(good(target)) << day;
    clock.advance(24h - 1s);
    ASSERT_TRUE(urls->rotate_if_due());
    clock.advance(1s);
  }
  EXPECT_FALSE(good(target));
  clock.advance(kPresignedKeyLife);
  for (int day = 0; day < 10; ++day) {
    clock.advance(kPresignedKeyLife);
    ASSERT_TRUE(urls->rotate_if_due());
    EXPECT_LE(stored_keys(), 8) << "those that no address needs are erased";
  }
}

TEST_F(PresignedTest, AKeyFromTheFutureDoesNotSign) {
  const auto wrong = sign();
  clock.set_wall(clock.now() - 30 * 24h);
  const auto right = sign();
  EXPECT_NE(parse_presigned(PresignedUse::download, wrong)->key, parse_presigned(PresignedUse::download, right)->key);
  EXPECT_TRUE(good(right));
}

TEST_F(PresignedTest, NoKeyLiesInTheOpen) {
  (void)sign();
  core::Bytes sealed;
  ASSERT_TRUE(database->read([&](storage::Reader& reader) {
    return reader.query("SELECT sealed FROM presigned_keys", {}, [&](const storage::Row& row) {
      sealed = row.blob(0);
      return false;
    });
  }));
  EXPECT_GT(sealed.size(), 32u + 16u);
  EXPECT_FALSE(vault->open_sealed("presigned url key", "01hzy3v7k2m4n6p8q0r2s4t6v8", sealed))
      << "nothing opens it under another id";
}

}  // namespace
}  // namespace kith::daemon
