#include "accounts/password_service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/support/seeded_random.hpp"

namespace kith::accounts {
namespace {

using core::ErrorCode;

// Verifying stays inside until it is let go; tells how many are inside.
class SlowHasher final : public PasswordHasher {
 public:
  Expected<std::string> hash(std::string_view) override { return "hash"; }
  bool verify(std::string_view, const std::string&) override {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --inside_;
    return true;
  }
  bool outdated(const std::string&) const override { return false; }
  const std::string& decoy() const override { return decoy_; }

  void wait_for_inside(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  void let_go() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int most() {
    std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  int most_ = 0;
  bool open_ = false;
  std::string decoy_ = "decoy";
};

// No part of it comes again.
std::string long_password(std::size_t length) {
  std::string text;
  for (int i = 0; text.size() < length; ++i) text += std::to_string(i) + " ";
  return text.substr(0, length);
}

ErrorCode code_of(const Expected<void>& result) {
  return result ? ErrorCode::count_ : result.error().code;
}

}  // namespace

TEST(PasswordPolicy, CountsCharactersAndTrimsNothing) {
  EXPECT_TRUE(check_password_policy("   lamp owl ")) << "spaces are characters";
  EXPECT_TRUE(check_password_policy("\xc3\xa4h\xc3\xb6rnchen l\xc3\xbct"));
  EXPECT_FALSE(check_password_policy("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4")) << "12 bytes, 6 characters";
  EXPECT_FALSE(check_password_policy("owl and owl"));
  EXPECT_TRUE(check_password_policy(long_password(1024)));
  EXPECT_EQ(code_of(check_password_policy(long_password(1025))), ErrorCode::bad_request);
  EXPECT_EQ(code_of(check_password_policy("password1234")), ErrorCode::weak_password);
  EXPECT_FALSE(check_password_policy("not utf-8 \xff\xff\xff\xff"));
}

TEST(PasswordService, TellsRightFromWrongToTheLastByte) {
  test::SeededRandom random;
  PasswordService service(std::make_unique<Argon2idHasher>(core::PasswordCost::cheapest(), random), {});
  const auto longest = long_password(1024);
  const auto hash = service.hash(longest);
  ASSERT_TRUE(hash) << hash.error().detail;
  EXPECT_TRUE(service.verify(longest, *hash).value());
  EXPECT_FALSE(service.verify(longest.substr(0, 1023) + "#", *hash).value());
  EXPECT_FALSE(service.verify(long_password(1025), *hash).value()) << "cut before hashing, yet not equal";
  EXPECT_FALSE(service.verify(longest + " ", *hash).value());
  EXPECT_FALSE(service.verify("", std::nullopt).value());
}

TEST(PasswordService, HashesWhatOthersHaveRulesFor) {
  test::SeededRandom random;
  PasswordService service(std::make_unique<Argon2idHasher>(core::PasswordCost::cheapest(), random), {});
  EXPECT_FALSE(service.hash("p"));
  const auto hash = service.hash_as_it_is("p");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(service.verify("p", *hash).value());
  EXPECT_FALSE(service.hash_as_it_is(std::string(1025, 'p')));
}

TEST(Argon2idHasher, DecoyCostsWhatARealHashCosts) {
  test::SeededRandom random;
  const core::PasswordCost cost{2, 64 * 1024};
  Argon2idHasher hasher(cost, random);
  EXPECT_FALSE(hasher.outdated(hasher.decoy())) << "libsodium reads it, with the same parameters";
  const auto real = hasher.hash("correct horse battery");
  ASSERT_TRUE(real);
  EXPECT_EQ(hasher.decoy().size(), real->size());
  EXPECT_EQ(hasher.decoy().substr(0, hasher.decoy().find("p=1$")), real->substr(0, real->find("p=1$")));
  EXPECT_FALSE(hasher.verify("", hasher.decoy()));
}

TEST(PasswordService, RunsAFewAtOnceLetsAFewWaitAndRefusesTheRest) {
  auto owned = std::make_unique<SlowHasher>();
  auto& hasher = *owned;
  PasswordLimits limits;
  limits.running = 2;
  limits.waiting = 1;
  limits.patience = std::chrono::minutes{1};
  PasswordService service(std::move(owned), limits);
  const auto verify = [&] { return service.verify("password", "hash"); };

  auto first = std::async(std::launch::async, verify);
  auto second = std::async(std::launch::async, verify);
  hasher.wait_for_inside(2);
  // Of these two one waits and the other is refused, whichever comes second.
  std::vector<std::future<Expected<bool>>> late;
  late.push_back(std::async(std::launch::async, verify));
  late.push_back(std::async(std::launch::async, verify));
  std::optional<Expected<bool>> refused;
  while (!refused) {
    for (auto& one : late) {
      if (one.valid() && one.wait_for(std::chrono::milliseconds{1}) == std::future_status::ready) refused = one.get();
    }
  }
  ASSERT_FALSE(*refused);
  EXPECT_EQ(refused->error().code, ErrorCode::busy);
  EXPECT_TRUE(refused->error().retry_after);

  hasher.let_go();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  for (auto& one : late) {
    if (one.valid()) {
      EXPECT_TRUE(one.get()) << "the one that waited";
    }
  }
  EXPECT_EQ(hasher.most(), 2);
  EXPECT_TRUE(verify()) << "the places came back";
}

TEST(PasswordService, WaitingHasAnEnd) {
  auto owned = std::make_unique<SlowHasher>();
  auto& hasher = *owned;
  PasswordLimits limits;
  limits.running = 1;
  limits.patience = std::chrono::milliseconds{5};
  PasswordService service(std::move(owned), limits);
  auto first = std::async(std::launch::async, [&] { return service.verify("password", "hash"); });
  hasher.wait_for_inside(1);
  const auto second = service.verify("password", "hash");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  hasher.let_go();
  EXPECT_TRUE(first.get());
}

TEST(PasswordLimits, LeaveWorkersForOthers) {
  for (int workers = 1; workers <= 64; ++workers) {
    const auto limits = PasswordLimits::for_workers(workers);
    EXPECT_GE(limits.running, 1U);
    EXPECT_LE(limits.running, 4U);
    if (workers >= 4) {
      EXPECT_LE(limits.running + limits.waiting + 2, static_cast<std::size_t>(workers));
    }
  }
}

}  // namespace kith::accounts
