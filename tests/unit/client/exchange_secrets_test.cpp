// Names and content of end-to-end encrypted exchanges, by the vectors that the page is held to as well.
#include "client/exchange_secrets.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "client/file_source.hpp"
#include "client/limits.hpp"
#include "core/crypto/sha256.hpp"
#include "core/encoding.hpp"
#include "tests/support/seeded_random.hpp"

namespace kith::client {
namespace {

using Json = nlohmann::json;

const Json& vectors() {
  static const Json loaded =
      Json::parse(std::ifstream(std::string(KITH_SOURCE_DIR) + "/tests/vectors/content_coding.json"));
  return loaded;
}

LinkKey link_key() {
  return core::from_base64url_as<LinkKey>(vectors().at("link").at("key").get<std::string>()).value();
}

core::CodingSalt salt_of(const Json& text) {
  return core::from_base64url_as<core::CodingSalt>(text.get<std::string>()).value();
}

// Randomness that is known.
class Fixed final : public core::Random {
 public:
  explicit Fixed(core::CodingSalt salt) : salt_(salt) {}
  void fill(std::span<std::uint8_t> out) override { std::copy_n(salt_.data.begin(), out.size(), out.begin()); }

 private:
  const core::CodingSalt salt_;
};

class Pattern final : public UploadSource {
 public:
  explicit Pattern(std::uint64_t size) : size_(size) {}
  std::uint64_t size() const override { return size_; }
  core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - std::min(offset, size_)));
    for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(7 * (offset + i) + ((offset + i) >> 8));
    return count;
  }

 private:
  const std::uint64_t size_;
};

core::Bytes all_of(UploadSource& source, std::uint64_t from = 0) {
  core::Bytes out(static_cast<std::size_t>(source.size() - from));
  const auto count = source.read(from, out);
  EXPECT_TRUE(count && *count == out.size());
  return out;
}

TEST(ExchangeSecrets, SealNamesLikeTheVectors) {
  const auto& name = vectors().at("name");
  const SealedAbout about{name.at("name"), name.at("type"), salt_of(name.at("content_salt"))};
  Fixed random(salt_of(name.at("salt")));
  const auto opened = open_about(link_key(), name.at("sealed_name").get<std::string>());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->name, about.name);
  EXPECT_EQ(opened->media_type, about.media_type);
  EXPECT_EQ(opened->content_salt, about.content_salt);
  // The order of fields is not said, so what is sealed here is only opened again.
  const auto again = open_about(link_key(), seal_about(link_key(), about, random));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->name, about.name);
}

TEST(ExchangeSecrets, OpenNothingThatWasChanged) {
  const std::string sealed = vectors().at("name").at("sealed_name");
  EXPECT_FALSE(open_about(LinkKey(), sealed));
  EXPECT_FALSE(open_about(link_key(), ""));
  EXPECT_FALSE(open_about(link_key(), sealed.substr(1)));
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_about(link_key(), changed)) << at;
  }
}

TEST(ExchangeSecrets, TheLongestNameFits) {
  test::SeededRandom random(1);
  const auto sealed = seal_about(link_key(), {std::string(kMaxNameBytes, '"'), "application/octet-stream", {}}, random);
  EXPECT_LE(sealed.size(), kMaxSealedName);
}

TEST(SealedSource, SealsLikeTheVectorsFromEveryPlace) {
  const auto& contents = vectors().at("contents");
  for (const auto& vector : contents.at("of")) {
    Pattern plain(vector.at("plain_size"));
    SealedSource sealed(plain, content_key(link_key()), salt_of(contents.at("salt")));
    EXPECT_EQ(sealed.size(), vector.at("sealed_size").get<std::uint64_t>());
    const auto whole = all_of(sealed);
    EXPECT_EQ(core::to_hex(core::sha256(whole).view()), vector.at("sealed_sha256").get<std::string>());
    for (const std::uint64_t from : {std::uint64_t{20}, std::uint64_t{21}, std::uint64_t{65556}, std::uint64_t{65557},
                                     sealed.size() - 1, sealed.size()}) {
      if (from > sealed.size()) continue;
      EXPECT_EQ(all_of(sealed, from), core::to_bytes(core::ByteView(whole).subspan(from))) << from;
    }
  }
}

}  // namespace
}  // namespace kith::client
