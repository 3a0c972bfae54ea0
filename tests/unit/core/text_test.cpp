// Encodings, times, identifiers and JSON: round trips, and refusal of what is not canonical.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "core/encoding.hpp"
#include "core/id.hpp"
#include "core/json.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::core {
namespace {

TEST(Base64Url, RoundTripsAndRefusesWhatIsNotCanonical) {
  const Bytes bytes{0xFB, 0xFF, 0x00};
  EXPECT_EQ(to_base64url(bytes), "-_8A");
  EXPECT_EQ(from_base64url("-_8A"), bytes);
  EXPECT_EQ(to_base64url(ByteView(bytes).first(1)), "-w");
  for (const auto* bad : {"-w==", "-x", "+/8A", "-_8A\n", " -_8A", "A"}) EXPECT_FALSE(from_base64url(bad)) << bad;
  EXPECT_EQ(from_base64url(""), Bytes{});
}

TEST(Base32, MatchesRfc4648) {
  EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
  EXPECT_EQ(to_base32(as_bytes("fo")), "MZXQ");
}

TEST(Utf8, RefusesOverlongSurrogatesAndBeyondUnicode) {
  EXPECT_TRUE(is_valid_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\xBB"));
  for (const auto* bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xC3"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
  EXPECT_EQ(count_code_points("gr\xC3\xBC\xC3\x9F"), 4u);
}

TEST(Utf8, IsTakenApartIntoCodePoints) {
  std::string_view text = "a\xC3\xBC\xE2\x80\xAE\xF0\x9F\x8C\xBBz";
  for (const char32_t point : {U'a', U'\u00FC', U'\u202E', U'\U0001F33B', U'z'}) {
    EXPECT_EQ(take_code_point(text), point);
  }
  EXPECT_TRUE(text.empty());
}

TEST(PercentEncoding, RoundTripsAndRefusesBrokenEscapes) {
  EXPECT_EQ(percent_encode("a b/\xC3\xBC"), "a%20b%2F%C3%BC");
  EXPECT_EQ(percent_decode("a%20b%2f%C3%BC+"), "a b/\xC3\xBC+");
  for (const auto* bad : {"%", "%2", "%zz"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(Timestamp, RoundTripsAndIsStrict) {
  const auto* text = "2026-02-28T23:59:58.007Z";
  EXPECT_EQ(format_timestamp(parse_timestamp(text).value()), text);
  EXPECT_EQ(format_timestamp(from_unix_ms(0)), "1970-01-01T00:00:00.000Z");
  for (const auto* bad :
       {"2026-02-29T00:00:00.000Z", "2026-02-28T24:00:00.000Z", "2026-02-28T23:59:60.000Z", "2026-02-28T23:59:58Z",
        "2026-02-28 23:59:58.007Z", "2026-02-28T23:59:58.007+00:00", "1969-12-31T23:59:59.999Z", ""}) {
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
  }
}

TEST(Ulid, IsWellFormedSortedByTimeAndNeverTheSame) {
  test::FakeClock clock;
  test::SeededRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(make_ulid(clock, random));
  EXPECT_EQ(seen.size(), 100u);
  for (const auto& id : seen) EXPECT_TRUE(is_ulid(id)) << id;
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_GT(make_ulid(clock, random), *seen.rbegin());
  for (const auto* bad :
       {"", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "81arz3ndektsv4rrffq69g5fav", "01arz3ndektsv4rrffq69g5fai"}) {
    EXPECT_FALSE(is_ulid(bad)) << bad;
  }
}

TEST(Json, TakesAnObject) {
  const auto document = parse_json_object(R"({"a": [1, {"b": null}], "c": "\u00fc"})");
  ASSERT_TRUE(document);
  EXPECT_EQ((*document)["a"][0], 1);
  EXPECT_EQ((*document)["c"], "\xC3\xBC");
}

TEST(Json, RefusesWhatIsAmbiguousOrTooMuch) {
  for (const auto* bad :
       {"", "[]", "1", "{", R"({"a":1,"a":2})", R"({"o":{"a":1,"a":1}})", "{} {}", "{\"a\":\"\xC0\xAF\"}",
        R"({"a":NaN})", R"({"a":1,})", "{/**/}", R"({"a":"\ud800"})", "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(parse_json_object(bad)) << bad;
  }
  std::string deep = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
  EXPECT_FALSE(parse_json_object(deep));
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 20'000; ++i) many += ",0";
  EXPECT_FALSE(parse_json_object(many + "]}"));
  EXPECT_EQ(parse_json_object("{\"a\":\"" + std::string(70'000, 'x') + "\"}").error().code, ErrorCode::too_large);
}

TEST(JsonFields, NullIsNotAbsence) {
  const auto object = parse_json_object(R"({"n":null,"t":"x","i":5,"big":18446744073709551615,"f":1.5})").value();
  EXPECT_FALSE(optional_text(object, "n", 10));
  EXPECT_EQ(optional_text(object, "absent", 10).value(), std::nullopt);
  EXPECT_FALSE(required_text(object, "absent", 10));
  EXPECT_FALSE(required_text(object, "i", 10));
  EXPECT_EQ(required_integer(object, "i", 1, 5).value(), 5);
  EXPECT_FALSE(required_integer(object, "i", 6, 9));
  EXPECT_FALSE(required_integer(object, "big", 0, INT64_MAX));
  EXPECT_FALSE(required_integer(object, "f", 0, 9));
  EXPECT_FALSE(only_fields(object, {"n", "t"}));
}

TEST(ErrorTable, NamesAreUniqueAndFoundAgain) {
  for (const auto& row : error_table()) EXPECT_EQ(error_code_from_name(row.name), row.code) << row.name;
  EXPECT_FALSE(error_code_from_name("no_such_code"));
}

}  // namespace
}  // namespace kith::core
