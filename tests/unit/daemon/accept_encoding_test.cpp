// Which form of a representation a client gets.

#include "daemon/http/accept_encoding.hpp"

#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

using enum ContentCoding;

ContentCoding choose(std::initializer_list<std::string_view> fields, const std::vector<ContentCoding>& offered) {
  Headers headers;
  for (const auto field : fields) headers.add("Accept-Encoding", field);
  return choose_coding(headers, offered);
}

ContentCoding choose(std::string_view field) {
  return choose({field}, {brotli, gzip, identity});
}

TEST(AcceptEncoding, WithoutTheFieldNothingIsCoded) {
  EXPECT_EQ(choose({}, {brotli, gzip, identity}), identity);
  EXPECT_EQ(choose(""), identity);
  EXPECT_EQ(choose("deflate, zstd"), identity);
}

TEST(AcceptEncoding, AmongEqualsTheFirstOfferedWins) {
  EXPECT_EQ(choose("gzip, deflate, br, zstd"), brotli);
  EXPECT_EQ(choose("gzip"), gzip);
  EXPECT_EQ(choose("GZIP, deflate"), gzip);
  EXPECT_EQ(choose("x-gzip"), gzip);
  EXPECT_EQ(choose("*"), brotli);
  EXPECT_EQ(choose({"gzip, br"}, {gzip, identity}), gzip);
}

TEST(AcceptEncoding, WeightsDecide) {
  EXPECT_EQ(choose("br;q=0.5, gzip;q=0.8"), gzip);
  EXPECT_EQ(choose("br;q=0.001, gzip;q=0"), brotli);
  EXPECT_EQ(choose("br ; q=0.3 , gzip\t;\tQ=0.299"), brotli);
  EXPECT_EQ(choose("identity, br;q=0.999"), identity);
  EXPECT_EQ(choose("identity;q=0.5, gzip;q=0.1"), identity);
  EXPECT_EQ(choose("gzip;q=0.1"), gzip);  // identity is not mentioned, so it is the last resort
  EXPECT_EQ(choose("gzip;q=1.000, br;q=0.9"), gzip);
}

TEST(AcceptEncoding, TheStarIsForWhatIsNotNamed) {
  EXPECT_EQ(choose("br;q=0, *"), gzip);
  EXPECT_EQ(choose("*;q=0.5, gzip"), gzip);
  EXPECT_EQ(choose("*;q=0, gzip;q=0.2"), gzip);
  EXPECT_EQ(choose("identity;q=0.9, *;q=0.5"), identity);
}

TEST(AcceptEncoding, RefusedCodingsAreNotSent) {
  EXPECT_EQ(choose("br;q=0, gzip;q=0.0"), identity);
  EXPECT_EQ(choose("br;q=0.000"), identity);
  EXPECT_EQ(choose("*;q=0"), identity);  // something must be sent
  EXPECT_EQ(choose("identity;q=0"), identity);
  EXPECT_EQ(choose("identity;q=0, gzip;q=0.1"), gzip);
}

TEST(AcceptEncoding, SeveralFieldsAreOneList) {
  EXPECT_EQ(choose({"gzip", "br"}, {brotli, gzip, identity}), brotli);
  EXPECT_EQ(choose({"br;q=0", "gzip"}, {brotli, gzip, identity}), gzip);
}

TEST(AcceptEncoding, WhatCannotBeReadIsNotSaid) {
  for (const auto* field :
       {"br;q=",    "br;q=2",     "br;q=1.001", "br;q=0.1234", "br;q=-1", "br;q=.5",      "br;q=0,5",
        "br;q=1e0", "br;level=9", "br;q",       "br;",         ";;;",     ",,,",          ";q=1",
        "b r",      "brotli",     "br\"",       "gzip/br",     "q=1",     "br;q=0.5;q=1", "br;q=0x1"}) {
    EXPECT_EQ(choose(field), identity) << field;
  }
  EXPECT_EQ(choose(",, ;q=1, br;q=nonsense, gzip"), gzip);
}

}  // namespace
}  // namespace kith::daemon
