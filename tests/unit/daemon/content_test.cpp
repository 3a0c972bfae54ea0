// What browsers are told about content that somebody elsewhere described.

#include "daemon/api/content.hpp"

#include <gtest/gtest.h>

namespace kith::daemon {
namespace {

class DescribedContent final : public federation::RemoteContent {
 public:
  explicit DescribedContent(std::string media_type) {
    asset_.name = "holiday";
    asset_.size = 10;
    asset_.etag = "\"e\"";
    asset_.media_type = std::move(media_type);
  }
  const federation::SharedAsset& asset() const override { return asset_; }
  core::Expected<std::shared_ptr<federation::ByteSource>> stream(std::uint64_t, std::uint64_t) override {
    return core::fail(core::ErrorCode::internal, "a HEAD reads nothing");
  }

 private:
  federation::SharedAsset asset_;
};

struct Told {
  std::string type;
  bool shown = false;
};

Told told(const std::string& media_type) {
  DescribedContent content(media_type);
  Request request;
  request.method = Method::head;
  const auto response = remote_content_response(request, content);
  if (!response) return {};
  const auto disposition = response->headers.get("Content-Disposition").value_or("");
  return {std::string(response->headers.get("Content-Type").value_or("")), disposition.starts_with("inline")};
}

TEST(Content, PhotosAndFilmsAreShownHoweverTheirTypeIsWritten) {
  for (const auto* type : {"image/png", "Image/PNG", "image/png; a=b", "image/png ;a=b"}) {
    EXPECT_EQ(told(type).type, "image/png") << type;
    EXPECT_TRUE(told(type).shown) << type;
  }
  EXPECT_TRUE(told("video/mp4").shown);
  EXPECT_EQ(told("text/csv").type, "text/csv");
  EXPECT_FALSE(told("text/csv").shown);
}

TEST(Content, WhatABrowserWouldRunIsOnlySaved) {
  for (const auto* type : {"text/html", "text/HTML", "text/JavaScript", "image/SVG+XML", "application/xhtml+xml"}) {
    EXPECT_EQ(told(type).type, "application/octet-stream") << type;
    EXPECT_FALSE(told(type).shown) << type;
  }
}

TEST(Content, ATypeThatIsNoneOrSeveralIsOnlySaved) {
  for (const auto* type : {"video/mp4, text/HTML", "video/mp4,image/png", "video/", "/png", "video", "video/a/b",
                           "video/mp4 x", " video/mp4", "", ";", "/"}) {
    EXPECT_EQ(told(type).type, "application/octet-stream") << type;
    EXPECT_FALSE(told(type).shown) << type;
  }
  EXPECT_EQ(told("video/mp4; a=\"b, text/html\"").type, "video/mp4");
}

}  // namespace
}  // namespace kith::daemon
