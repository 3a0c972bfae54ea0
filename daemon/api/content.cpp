#include "daemon/api/content.hpp"

#include "core/encoding.hpp"
#include "daemon/http/conditional.hpp"
#include "daemon/http/content_disposition.hpp"

namespace kith::daemon {
namespace {

// The same five answers under two names, so that federation and HTTP need not know each other.
class FederationBody final : public BodySource {
 public:
  explicit FederationBody(std::shared_ptr<federation::ByteSource> source) : source_(std::move(source)) {}

  Result read(std::span<std::uint8_t> space) override {
    const auto result = source_->read(space);
    return {status_of(result.status), result.filled};
  }
  void on_ready(std::function<void()> wake) override { source_->on_ready(std::move(wake)); }
  void abandon() override { source_->abandon(); }

 private:
  static Status status_of(federation::ByteSource::Status status) {
    switch (status) {
      case federation::ByteSource::Status::data:
        return Status::data;
      case federation::ByteSource::Status::pending:
        return Status::pending;
      case federation::ByteSource::Status::end:
        return Status::end;
      case federation::ByteSource::Status::failed:
        break;
    }
    return Status::failed;
  }
  std::shared_ptr<federation::ByteSource> source_;
};

// A local blob where sendfile has no descriptor to work on.
class BlobBody final : public BodySource {
 public:
  BlobBody(std::shared_ptr<storage::BlobReader> reader, const ByteRange& range)
      : reader_(std::move(reader)), rest_(range) {}

  Result read(std::span<std::uint8_t> space) override {
    if (rest_.length == 0) return {Status::end, 0};
    const auto count = reader_->read(rest_.offset, space.first(std::min<std::uint64_t>(space.size(), rest_.length)));
    if (!count || *count == 0) return {Status::failed, 0};
    rest_.offset += *count;
    rest_.length -= *count;
    return {Status::data, *count};
  }

 private:
  std::shared_ptr<storage::BlobReader> reader_;
  ByteRange rest_;
};

// Sends only what is proven to be what was stored.
class ProvenFile final : public SentFile {
 public:
  explicit ProvenFile(std::shared_ptr<storage::BlobReader> reader) : reader_(std::move(reader)) {}
  bool may_send(std::uint64_t offset, std::uint64_t length) override {
    return reader_->prove(offset, length).has_value();
  }

 private:
  std::shared_ptr<storage::BlobReader> reader_;
};

// Stands for a body whose length alone is told.
class UnreadBody final : public BodySource {
 public:
  Result read(std::span<std::uint8_t>) override { return {Status::failed, 0}; }
};

// By media type alone, which the answer carries: the kind is a word of the peer's.
bool is_safe_to_show(std::string_view media_type) {
  constexpr std::array<std::string_view, 9> kShown{"image/jpeg", "image/png",  "image/gif",
                                                   "image/webp", "image/avif", "image/heic",
                                                   "image/heif", "image/bmp",  "application/pdf"};
  return std::ranges::find(kShown, media_type) != kShown.end() || media_type.starts_with("video/") ||
         media_type.starts_with("audio/");
}

bool is_token(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == '_';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

// "image/png" of "Image/PNG; a=b". What a browser would run, and what it may read in more than one way (a list counts
// as its last member), becomes a type that it only saves.
std::string harmless(std::string_view media_type) {
  constexpr const char* kUnknown = "application/octet-stream";
  auto plain = core::to_lower_ascii(media_type.substr(0, media_type.find(';')));
  while (plain.ends_with(' ')) plain.pop_back();
  const auto slash = plain.find('/');
  if (slash == std::string::npos || !is_token(plain.substr(0, slash)) || !is_token(plain.substr(slash + 1)))
    return kUnknown;
  for (const auto* active : {"html", "xml", "svg", "script"}) {
    if (plain.find(active) != std::string::npos) return kUnknown;
  }
  return plain;
}

struct Description {
  std::string_view name, media_type;
  core::Digest digest;
};

void describe(Response& response, const Description& what, bool as_download) {
  if (response.status >= 400) return;  // a problem is not the file
  auto& headers = response.headers;
  const auto media_type = harmless(what.media_type);
  const bool show = !as_download && is_safe_to_show(media_type);
  headers.set("Content-Disposition", content_disposition(show ? "inline" : "attachment", what.name));
  headers.set("Cache-Control", "private, no-cache");
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (response.status == 200 || response.status == 206) {
    headers.set("Content-Type", media_type);
    headers.set("Repr-Digest", assets::repr_digest(what.digest));
  }
}

}  // namespace

void describe_download(Response& response, std::string_view name, std::string_view media_type,
                       const core::Digest& digest) {
  describe(response, {name, media_type, digest}, true);
}

std::shared_ptr<BodySource> blob_body(std::shared_ptr<storage::BlobReader> reader, const ByteRange& range) {
  return std::make_shared<BlobBody>(std::move(reader), range);
}

std::shared_ptr<BodySource> body_source(std::shared_ptr<federation::ByteSource> source) {
  return std::make_shared<FederationBody>(std::move(source));
}

core::Expected<Response> content_response(const Request& request, const assets::AssetContent& content,
                                          bool as_download) {
  using Body = std::variant<std::string, FileSlice, StreamedBody>;
  const auto& asset = content.asset;
  std::optional<core::Error> problem;
  const Representation representation{asset.size, assets::entity_tag(asset.digest), std::nullopt};
  auto response = conditional_response(request, representation, [&](const ByteRange& range) -> Body {
    // What is damaged further on cuts the connection.
    const auto sound = content.reader->prove(range.offset, request.method == Method::head ? 0 : 1);
    if (!sound) problem = sound.error();
    if (const int descriptor = content.reader->file_descriptor(); descriptor >= 0) {
      return FileSlice{descriptor, range.offset, range.length, std::make_shared<ProvenFile>(content.reader)};
    }
    return StreamedBody{std::make_shared<BlobBody>(content.reader, range), range.length};
  });
  if (problem) return tl::make_unexpected(std::move(*problem));
  describe(response, {asset.name, asset.media_type, asset.digest}, as_download);
  return response;
}

core::Expected<Response> remote_content_response(const Request& request, federation::RemoteContent& content) {
  using Body = std::variant<std::string, FileSlice, StreamedBody>;
  const auto asset = content.asset();
  std::optional<core::Error> problem;
  const Representation representation{asset.size, asset.etag, std::nullopt};
  auto response = conditional_response(request, representation, [&](const ByteRange& range) -> Body {
    if (range.length == 0) return std::string();
    // HEAD tells the length and needs no transfer.
    if (request.method == Method::head) return StreamedBody{std::make_shared<UnreadBody>(), range.length};
    auto source = content.stream(range.offset, range.length);
    if (!source) {
      problem = source.error();
      return std::string();
    }
    return StreamedBody{body_source(std::move(*source)), range.length};
  });
  if (problem) return tl::make_unexpected(std::move(*problem));
  describe(response, {asset.name, asset.media_type, asset.digest}, false);
  return response;
}

}  // namespace kith::daemon
