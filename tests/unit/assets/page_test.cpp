#include "assets/page.hpp"

#include "core/encoding.hpp"
#include "tests/unit/assets/assets_fixture.hpp"

namespace kith::assets {

namespace {

constexpr std::string_view kUlid = "01hf7yat00aaaaaaaaaaaaaaaa";

core::ErrorCode refused(std::string cursor, int limit = 50) {
  return code_of(start_of_page(CursorList::assets, {std::move(cursor), limit}));
}

}  // namespace

TEST(PageCursor, GoesOnBehindTheLastItem) {
  EXPECT_EQ(start_of_page(CursorList::assets, {make_cursor(CursorList::assets, kUlid)}).value(), kUlid);
  EXPECT_GT(start_of_page(CursorList::assets, {}).value(), std::string(26, 'z'));
}

TEST(PageCursor, RefusesWhatItDidNotMake) {
  EXPECT_EQ(refused("!"), core::ErrorCode::bad_request);
  EXPECT_EQ(refused("YQ"), core::ErrorCode::bad_request);
  EXPECT_EQ(refused(std::string(kUlid)), core::ErrorCode::bad_request);
  EXPECT_EQ(refused(make_cursor(CursorList::assets, kUlid) + "="), core::ErrorCode::bad_request);
  EXPECT_EQ(refused(make_cursor(CursorList::assets, "' OR 1=1 --")), core::ErrorCode::bad_request);
  EXPECT_EQ(refused(make_cursor(CursorList::shares, kUlid)), core::ErrorCode::bad_request);
  EXPECT_EQ(refused(std::string(1'000'000, 'A')), core::ErrorCode::bad_request);
}

TEST(PageCursor, RefusesLimitsOutOfRange) {
  EXPECT_EQ(refused("", 0), core::ErrorCode::bad_request);
  EXPECT_EQ(refused("", -1), core::ErrorCode::bad_request);
  EXPECT_EQ(refused("", 501), core::ErrorCode::bad_request);
  EXPECT_TRUE(start_of_page(CursorList::assets, {"", 500}));
}

}  // namespace kith::assets
