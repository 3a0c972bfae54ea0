#include "client/live_calls.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/limits.hpp"
#include "core/encoding.hpp"
#include "core/id.hpp"

namespace kith::client {
namespace {

using core::Expected;
using core::Json;

constexpr std::int64_t kMostChunks = std::int64_t{1} << 53;

// What is in memory, as a body.
class Sealed final : public UploadSource {
 public:
  explicit Sealed(core::ByteView bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    const auto rest = bytes_.subspan(std::min<std::size_t>(offset, bytes_.size()));
    const auto count = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), count, out.begin());
    return count;
  }

 private:
  const core::ByteView bytes_;
};

}  // namespace

Expected<LiveMade> make_live_offer(Api& api, std::span<const LiveFile> files, const core::Mac& mac) {
  Json listing = Json::array();
  for (const auto& file : files)
    listing.push_back({{"name", file.name}, {"size", file.size ? Json(*file.size) : Json()}, {"type", file.type}});
  KITH_TRY_ASSIGN(made, api.post("/api/live", {{"files", listing}, {"mac", core::to_base64url(mac.view())}}));
  LiveMade offer{text_of(made, "live_id"), text_of(made, "code"), text_of(made, "page"), text_of(made, "expires_at")};
  if (!core::is_ulid(offer.live_id)) return senseless_answer();
  return offer;
}

Expected<void> LiveCalls::listen(DownloadSink& sink) {
  HttpRequest request;
  request.url = api_.url(target_ + "/events");
  request.headers = api_.credentials();
  request.headers.emplace_back("Accept", "text/event-stream");
  request.sink = &sink;
  KITH_TRY_ASSIGN(answer, api_.http().run(request));
  if (answer.status != 200) return tl::make_unexpected(problem_of(answer));
  return {};
}

Expected<void> LiveCalls::open(const LiveBinding& binding, const LiveToOpen& task) {
  const Json body{{"public_key", core::to_base64url(binding.sender_key.view())},
                  {"mac", core::to_base64url(task.mac.view())},
                  {"salt", core::to_base64url(task.terms.salt.view())},
                  {"chunks", task.terms.chunks ? Json(*task.terms.chunks) : Json()},
                  {"attempt", task.attempt},
                  {"from", task.terms.from}};
  KITH_TRY(api_.post(request_target(binding.request_id), body));
  return {};
}

Expected<std::uint64_t> LiveCalls::put(const LiveBinding& binding, const LiveToPut& task, core::ByteView sealed) {
  Sealed source(sealed);
  HttpRequest request;
  request.method = "PUT";
  request.url = api_.url(request_target(binding.request_id) + "/chunks/" + std::to_string(task.number) +
                         "?attempt=" + std::to_string(task.attempt) + (task.says_last ? "&last=1" : ""));
  request.headers = api_.credentials();
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.upload = &source;
  KITH_TRY_ASSIGN(answer, api_.http().run(request));
  if (answer.status / 100 != 2) return tl::make_unexpected(problem_of(answer));
  KITH_TRY_ASSIGN(json, parse_answer(answer.body));
  KITH_TRY_ASSIGN(taken, core::required_integer(json, "taken", 0, kMostChunks));
  return static_cast<std::uint64_t>(taken);
}

Expected<void> LiveCalls::refuse(const std::string& request_id, const std::string& reason) {
  return api_.del(request_target(request_id) + "?reason=" + reason);
}

Expected<void> LiveCalls::leave() {
  return api_.del(target_);
}

}  // namespace kith::client
