#include "client/own_upload.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "client/remote_files.hpp"
#include "client/resumable_upload.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::size_t kReadAtOnce = 1 << 20;
constexpr const char* kUploads = "/api/uploads";

HttpRequest to_server(Api& api, const std::string& method, const std::string& target) {
  HttpRequest request;
  request.method = method;
  request.url = api.url(target);
  request.headers = api.credentials();
  return request;
}

class OwnPlace final : public UploadPlace {
 public:
  OwnPlace(Api& api, const std::string& name, std::string metadata)
      : api_(api), name_(name), metadata_(std::move(metadata)) {}

  Expected<std::string> open(std::uint64_t size) override {
    KITH_TRY_ASSIGN(begun, find_begun(size));
    if (begun) return std::move(*begun);
    auto request = to_server(api_, "POST", kUploads);
    request.headers.emplace_back("Upload-Length", std::to_string(size));
    request.headers.emplace_back("Upload-Metadata", metadata_);
    KITH_TRY_ASSIGN(answer, ask_tus(api_.http(), std::move(request)));
    const auto place = answer.header("location");
    const auto path = place.find(std::string(kUploads) + "/");
    if (path == place.npos) return senseless_answer();
    return api_.url(place.substr(path));  // under the name that the server is known by here
  }
  HeaderFields credentials() const override { return api_.credentials(); }
  // A file that is another one by now can't go on.
  bool keeps(const core::Error& error) const override {
    return error.code != ErrorCode::conflict || api_.http().interruption().has_come();
  }

 private:
  // Of the same name and size: then its metadata says whether its content is the same too.
  Expected<std::optional<std::string>> find_begun(std::uint64_t size) {
    KITH_TRY_ASSIGN(uploads, api_.get(kUploads));
    const auto items = uploads.find("items");
    if (items == uploads.end() || !items->is_array()) return senseless_answer();
    for (const auto& item : *items) {
      const auto found_size = item.is_object() ? core::required_integer(item, "size", 0, INT64_MAX) : -1;
      if (text_of(item, "name") != name_ || !found_size || static_cast<std::uint64_t>(*found_size) != size) continue;
      const auto target = std::string(kUploads) + "/" + in_path(text_of(item, "id"));
      const auto answer = ask_tus(api_.http(), to_server(api_, "HEAD", target));
      if (answer && answer->header("upload-metadata") == metadata_) return std::optional(api_.url(target));
    }
    return std::nullopt;
  }

  Api& api_;
  const std::string& name_;
  const std::string metadata_;
};

Expected<Json> checked(Json asset, const core::Digest& digest) {
  KITH_TRY_ASSIGN(file, remote_file(asset));
  if (file.digest == digest) return asset;
  return core::fail(ErrorCode::peer_error,
                    "The server has something else than was sent. Send it again; if it stays "
                    "so, ask whoever runs the server to look at its disk.");
}

// What comes in at one end, measured by the way.
class StreamSource final : public UploadSource {
 public:
  StreamSource(int input, Interruption& interruption, Progress& progress)
      : input_(input), interruption_(interruption), progress_(progress) {}
  std::uint64_t size() const override { return 0; }
  core::Digest digest() { return hash_.finish(); }
  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    pollfd waited[] = {{input_, POLLIN, 0}, {interruption_.descriptor(), POLLIN, 0}};
    if (::poll(waited, 2, -1) < 0 || interruption_.came()) return core::fail(ErrorCode::conflict, "Interrupted.");
    const auto count = ::read(input_, out.data(), out.size());
    if (count < 0)
      return core::fail(ErrorCode::internal, std::string("Can't read standard input: ") + std::strerror(errno));
    const auto got = static_cast<std::size_t>(count);
    hash_.update(core::ByteView(out).first(got));
    progress_.at(offset + got);
    return got;
  }

 private:
  const int input_;
  Interruption& interruption_;
  Progress& progress_;
  core::Sha256 hash_;
};

}  // namespace

Expected<core::Digest> digest_of(UploadSource& source, Interruption& interruption, Progress& progress) {
  core::Sha256 hash;
  core::Bytes buffer(kReadAtOnce);
  for (std::uint64_t at = 0; at < source.size();) {
    if (interruption.came()) return core::fail(ErrorCode::conflict, "Interrupted.");
    KITH_TRY_ASSIGN(count, source.read(at, buffer));
    if (count == 0) return core::fail(ErrorCode::conflict, "The file became shorter while it was read. Try again.");
    hash.update(core::ByteView(buffer).first(count));
    at += count;
    progress.at(at);
  }
  return hash.finish();
}

std::string upload_metadata(const std::string& name, const core::Digest& digest) {
  return "filename " + core::to_base64(core::as_bytes(name)) + ",sha256 " + core::to_base64(digest.view());
}

Expected<Json> upload_file(Api& api, const std::string& name, UploadSource& source, const core::Digest& digest,
                           Progress& progress) {
  OwnPlace place(api, name, upload_metadata(name, digest));
  KITH_TRY_ASSIGN(finished, upload_resumably(api.http(), place, source, progress));
  if (finished.asset_id.empty()) return senseless_answer();
  KITH_TRY_ASSIGN(asset, api.get("/api/assets/" + in_path(finished.asset_id)));
  return checked(std::move(asset), digest);
}

Expected<Json> upload_stream(Api& api, const std::string& name, int input, Progress& progress) {
  StreamSource source(input, api.http().interruption(), progress);
  auto request = to_server(api, "POST", "/files?filename=" + in_path(name));
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.upload = &source;
  request.upload_is_chunked = true;
  KITH_TRY_ASSIGN(answer, api.http().run(request));
  if (answer.status != 201) return tl::make_unexpected(problem_of(answer));
  KITH_TRY_ASSIGN(asset, parse_answer(answer.body));
  return checked(std::move(asset), source.digest());
}

}  // namespace kith::client
