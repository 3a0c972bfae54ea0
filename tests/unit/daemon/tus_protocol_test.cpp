#include "daemon/api/tus_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

Request with(std::initializer_list<std::pair<std::string, std::string>> fields, Method method = Method::post) {
  Request request;
  request.method = method;
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

TEST(TusMetadata, ReadsPairsAndLoneKeys) {
  const auto read = parse_tus_metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential, empty ");
  ASSERT_TRUE(read) << read.error().detail;
  const TusMetadata expected{{"filename", "world_domination_plan.pdf"}, {"is_confidential", ""}, {"empty", ""}};
  EXPECT_EQ(*read, expected);
  EXPECT_TRUE(parse_tus_metadata("")->empty());
}

TEST(TusMetadata, RefusesWhatIsNoPair) {
  for (const auto* field : {",", "a,", ",a", "a,,b", "a !", "a eA", "a eA== x", "a,a", "\x01 eA==", "\xC3\xA9 eA=="})
    EXPECT_FALSE(parse_tus_metadata(field)) << field;
  EXPECT_FALSE(parse_tus_metadata("a " + std::string(8000, 'A')));
}

TEST(TusChecksum, ReadsBothAlgorithms) {
  const auto sha1 = parse_tus_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=");
  ASSERT_TRUE(sha1);
  EXPECT_EQ(sha1->algorithm, assets::UploadChecksum::Algorithm::sha1);
  EXPECT_EQ(sha1->expected.size(), 20u);
  const auto sha256 = parse_tus_checksum("sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  ASSERT_TRUE(sha256);
  EXPECT_EQ(sha256->expected.size(), 32u);
}

TEST(TusChecksum, RefusesOthers) {
  for (const auto* field : {"", "sha1", "sha1 ", "sha1 x", "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
                            "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="})
    EXPECT_FALSE(parse_tus_checksum(field)) << field;
}

TEST(TusNumber, TakesDigitsOnly) {
  EXPECT_EQ(parse_tus_number("0"), 0u);
  EXPECT_EQ(parse_tus_number("9223372036854775807"), 9223372036854775807u);
  for (const auto* text : {"", "-0", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "1,1"})
    EXPECT_FALSE(parse_tus_number(text)) << text;
}

TEST(TusCreation, SaysWhatIsMissing) {
  EXPECT_TRUE(parse_tus_creation(with({{"Upload-Length", "5"}, {"Upload-Metadata", "filename eA=="}})));
  EXPECT_FALSE(parse_tus_creation(with({{"Upload-Metadata", "filename eA=="}})));
  EXPECT_FALSE(parse_tus_creation(with({{"Upload-Length", "5"}, {"Upload-Length", "5"}})));
  EXPECT_FALSE(parse_tus_creation(with({{"Upload-Defer-Length", "1"}})));
  EXPECT_FALSE(parse_tus_creation(with({{"Upload-Length", "5"}, {"Upload-Concat", "partial"}})));
  const auto unnamed = parse_tus_creation(with({{"Upload-Length", "5"}}));
  ASSERT_TRUE(unnamed);
  EXPECT_FALSE(unnamed->filename);
}

TEST(TusMethod, IsOverriddenOnlyByPost) {
  EXPECT_EQ(overridden_method(with({}, Method::patch)), Method::patch);
  EXPECT_EQ(overridden_method(with({{"X-HTTP-Method-Override", "PATCH"}})), Method::patch);
  EXPECT_EQ(overridden_method(with({{"X-HTTP-Method-Override", "DELETE"}})), Method::delete_);
  EXPECT_EQ(overridden_method(with({{"X-HTTP-Method-Override", "PATCH"}}, Method::patch)), Method::patch);
  for (const auto* other : {"GET", "HEAD", "PUT", "patch", "TRACE", ""})
    EXPECT_FALSE(overridden_method(with({{"X-HTTP-Method-Override", other}}))) << other;
  EXPECT_FALSE(overridden_method(with({{"X-HTTP-Method-Override", "DELETE"}}, Method::patch)));
}

}  // namespace
}  // namespace kith::daemon
