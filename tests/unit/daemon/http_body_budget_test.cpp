// Memory for whole bodies, shared by all.

#include "daemon/http/body_budget.hpp"

#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

constexpr auto kLocal = ListenerKind::local;
constexpr auto kPublic = ListenerKind::public_;

TEST(BodyBudget, IsSharedAndGivenBack) {
  const auto budget = std::make_shared<BodyBudget>(100);
  BodyBudget::Share first(budget);
  EXPECT_TRUE(first.grow(kLocal, 60));
  {
    BodyBudget::Share second(budget);
    EXPECT_FALSE(second.grow(kLocal, 41));
    EXPECT_EQ(budget->taken(), 60u) << "a refused one takes nothing";
    EXPECT_TRUE(second.grow(kLocal, 30));
    EXPECT_TRUE(second.grow(kLocal, 10));
    EXPECT_FALSE(first.grow(kLocal, 1));
  }
  EXPECT_EQ(budget->taken(), 60u);
}

TEST(BodyBudget, OutsidersLeaveAQuarterToTheHousehold) {
  const auto budget = std::make_shared<BodyBudget>(100);
  BodyBudget::Share outside(budget), inside(budget);
  EXPECT_FALSE(outside.grow(kPublic, 76));
  EXPECT_TRUE(outside.grow(kPublic, 75));
  EXPECT_TRUE(inside.grow(kLocal, 25));
}

}  // namespace
}  // namespace kith::daemon
