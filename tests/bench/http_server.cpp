// kith_bench_http_server FOLDER PORT: an HttpServer that does what storing and sending files takes, and nothing else.
// GET /files/NAME sends a file of the folder, PUT /files/NAME stores one (hashed, synced, renamed), GET /small answers
// 12 bytes, GET /stream sends 1 GiB made on the way. Ends on SIGTERM.

#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/clock.hpp"
#include "core/crypto/sha256.hpp"
#include "core/random.hpp"
#include "daemon/http/conditional.hpp"
#include "daemon/http/server.hpp"
#include "daemon/http/unique_fd.hpp"

namespace {

using namespace kith;
using daemon::Request;
using daemon::Response;

class StoringSink final : public daemon::BodySink {
 public:
  explicit StoringSink(std::string path)
      : path_(std::move(path)),
        fd_(::open((path_ + ".part").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
  ~StoringSink() override {
    if (!stored_) ::unlink((path_ + ".part").c_str());
  }
  core::Expected<void> write(core::ByteView piece) override {
    hash_.update(piece);
    while (!piece.empty()) {
      const auto written = ::write(fd_.get(), piece.data(), piece.size());
      if (written <= 0) return core::fail(core::ErrorCode::storage_full);
      piece = piece.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }
  core::Expected<Response> finish() override {
    stored_ = ::fsync(fd_.get()) == 0 && ::rename((path_ + ".part").c_str(), path_.c_str()) == 0;
    if (!stored_) return core::fail(core::ErrorCode::internal, "cannot store " + path_);
    return Response::text(201, core::digest_text(hash_.finish()), "text/plain");
  }

 private:
  std::string path_;
  daemon::UniqueFd fd_;
  core::Sha256 hash_;
  bool stored_ = false;
};

class MadeBytes final : public daemon::BodySource {
 public:
  Result read(std::span<std::uint8_t> space) override {
    std::memset(space.data(), 'k', space.size());
    return {Status::data, space.size()};
  }
};

struct OpenFile final : daemon::SentFile {
  explicit OpenFile(int number) : file(number) {}
  bool may_send(std::uint64_t, std::uint64_t) override { return true; }
  daemon::UniqueFd file;
};

Response send_file(const Request& request, const std::string& path) {
  auto open = std::make_shared<OpenFile>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const int file = open->file.get();
  struct stat info {};
  if (!open->file.valid() || ::fstat(file, &info) != 0) {
    return Response::problem({core::ErrorCode::not_found, {}, {}, {}}, request.request_id);
  }
  return conditional_response(request, {static_cast<std::uint64_t>(info.st_size), {}, {}},
                              [&](const daemon::ByteRange& range) {
                                return daemon::FileSlice{file, range.offset, range.length, open};
                              });
}

daemon::Route get_route(std::string pattern, std::function<Response(const Request&)> answer) {
  daemon::Route route;
  route.pattern = std::move(pattern);
  route.handle = [answer = std::move(answer)](const Request& request, const daemon::Reply& reply) {
    reply(answer(request));
  };
  return route;
}

daemon::Router make_router(const std::string& folder) {
  daemon::Router router;
  router.add(get_route("/small", [](const Request&) { return Response::text(200, "Hello world!", "text/plain"); }));
  router.add(get_route("/stream", [](const Request&) {
    auto response = Response::empty(200);
    response.body = daemon::StreamedBody{std::make_shared<MadeBytes>(), 1ull << 30};
    return response;
  }));
  router.add(get_route("/files/{name}", [folder](const Request& request) {
    return send_file(request, folder + "/" + std::string(request.path_value("name")));
  }));
  daemon::Route upload;
  upload.method = daemon::Method::put;
  upload.pattern = "/files/{name}";
  upload.open_sink = [folder](const Request& request) {
    return std::make_unique<StoringSink>(folder + "/" + std::string(request.path_value("name")));
  };
  router.add(std::move(upload));
  return router;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return std::fprintf(stderr, "usage: kith_bench_http_server FOLDER PORT\n"), 2;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, nullptr);  // before any thread, so that all inherit it
  const auto router = make_router(arguments[1]);
  core::WorkerPool handlers("handler", 4, 1000), disk("disk", 2, 1000);
  core::SystemClock clock;
  core::SystemRandom random;
  daemon::HttpOptions options;
  options.listeners.resize(1);
  options.listeners[0].address = std::string("127.0.0.1:") + arguments[2];
  auto server = daemon::HttpServer::start(options, router, handlers, disk, clock, random,
                                          core::Logger(core::LogLevel::warning, core::LogFormat::text));
  if (!server) return std::fprintf(stderr, "%s\n", server.error().detail.c_str()), 1;
  int signal = 0;
  sigwait(&stop, &signal);
  (*server)->drain(std::chrono::seconds(1));
  return 0;
}
