#include "daemon/api/zip_body.hpp"

#include "daemon/http/content_disposition.hpp"

namespace kith::daemon {
namespace {

class ZipBody final : public BodySource {
 public:
  ZipBody(std::unique_ptr<assets::ZipStream> archive, core::Logger log)
      : archive_(std::move(archive)), log_(std::move(log)) {}

  Result read(std::span<std::uint8_t> space) override {
    const auto count = archive_->read(space);
    if (!count) {
      log_.warning("an archive could not be sent whole", {{"reason", count.error().detail}});
      return {Status::failed, 0};
    }
    return {*count == 0 ? Status::end : Status::data, *count};
  }

 private:
  std::unique_ptr<assets::ZipStream> archive_;
  core::Logger log_;
};

}  // namespace

std::shared_ptr<BodySource> zip_body(std::unique_ptr<assets::ZipStream> archive, core::Logger log) {
  return std::make_shared<ZipBody>(std::move(archive), std::move(log));
}

void describe_zip(Response& response, std::string_view name) {
  auto& headers = response.headers;
  headers.set("Content-Type", "application/zip");
  headers.set("Content-Disposition", content_disposition("attachment", name));
  headers.set("Cache-Control", "private, no-store");
  headers.set("Accept-Ranges", "none");
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
}

Response zip_response(std::string_view name, std::unique_ptr<assets::ZipStream> archive, core::Logger log) {
  Response response;
  const auto size = archive->size();
  response.body = StreamedBody{zip_body(std::move(archive), std::move(log)), size};
  describe_zip(response, name);
  return response;
}

}  // namespace kith::daemon
