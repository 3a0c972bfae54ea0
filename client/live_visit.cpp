#include "client/live_visit.hpp"

#include <nlohmann/json.hpp>

#include "client/api.hpp"
#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/id.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

constexpr std::int64_t kLargestFile = std::int64_t{1} << 53;
constexpr std::size_t kMaxText = 4096, kTokenBytes = 32;

Expected<LiveFile> file_of(const Json& item) {
  if (!item.is_object()) return senseless_answer();
  LiveFile file;
  KITH_TRY_ASSIGN(name, core::required_text(item, "name", kMaxText));
  KITH_TRY_ASSIGN(type, core::required_text(item, "type", kMaxText));
  if (const auto size = item.find("size"); size != item.end() && !size->is_null()) {
    KITH_TRY_ASSIGN(bytes, core::required_integer(item, "size", 0, kLargestFile));
    file.size = static_cast<std::uint64_t>(bytes);
  }
  file.name = std::move(name);
  file.type = std::move(type);
  return file;
}

// "Alice (a.example)"
std::string sender_of(const Json& answer) {
  const auto from = answer.find("from");
  if (from == answer.end() || !from->is_object()) return {};
  const auto person = text_of(*from, "person"), instance = text_of(*from, "instance");
  return printable(person.empty() || instance.empty() ? person + instance : person + " (" + instance + ")");
}

Expected<void> check_listing(const LiveAuthKey& key, const LiveListing& listing) {
  if (!listing.mac)
    return core::fail(ErrorCode::not_authentic,
                      "Nobody vouches for these files: the sender's program is too old, or somebody in between changed "
                      "what it said. Nothing was received.");
  if (core::mac_equal(*listing.mac, live_files_mac(key, listing.offer.files))) return {};
  return core::fail(ErrorCode::not_authentic,
                    "The server's list of files does not fit this link: the link is not the one that was made, or "
                    "somebody in between changed the list. Nothing was received. Ask the sender for the link again.");
}

}  // namespace

Expected<LiveListing> parse_live_listing(std::string_view body) {
  KITH_TRY_ASSIGN(answer, parse_answer(body));
  LiveListing listing;
  listing.offer.live_id = text_of(answer, "live_id");
  const auto files = answer.find("files");
  if (!core::is_ulid(listing.offer.live_id) || files == answer.end() || !files->is_array() || files->empty() ||
      files->size() > kMaxFiles)
    return senseless_answer();
  for (const auto& item : *files) {
    auto file = file_of(item);
    if (!file) return senseless_answer();
    listing.offer.files.push_back(std::move(*file));
  }
  listing.mac = core::from_base64url_as<core::Mac>(text_of(answer, "mac"));
  listing.offer.from = sender_of(answer);
  const auto here = core::optional_bool(answer, "sender_here");
  listing.offer.sender_here = here && here->value_or(false);
  return listing;
}

std::string LiveVisit::url(const std::string& rest) const {
  return link_.server + "/live/" + in_path(link_.code) + rest;
}

// The body of a good answer.
Expected<std::string> LiveVisit::run(HttpRequest request, const LiveAsked* asked) {
  if (asked != nullptr) request.headers.emplace_back("Authorization", "Bearer " + asked->token);
  if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("Accept-Encoding", "identity");
  KITH_TRY_ASSIGN(answer, http_.run(request));
  if (answer.status / 100 != 2) return tl::make_unexpected(problem_of(answer));
  return std::move(answer.body);
}

Expected<LiveVisit> LiveVisit::open(Http& http, LiveLink link) {
  auto auth_key = live_auth_key(link.secret);
  LiveVisit visit(http, std::move(link), std::move(auth_key));
  HttpRequest request;
  request.url = visit.url("");
  const auto body = visit.run(std::move(request), nullptr);
  if (!body && body.error().code == ErrorCode::not_found)
    return core::fail(ErrorCode::not_found,
                      "Nobody offers anything under this link: the sender has left, or the link is not whole. Ask them "
                      "to send it again.");
  if (!body) return tl::make_unexpected(body.error());
  KITH_TRY_ASSIGN(listing, parse_live_listing(*body));
  KITH_TRY(check_listing(visit.auth_key_, listing));
  visit.offer_ = std::move(listing.offer);
  return visit;
}

Expected<LiveAsked> LiveVisit::ask(std::uint64_t file, const core::BoxPublicKey& key, std::uint64_t from) {
  const auto mac = live_receiver_mac(auth_key_, offer_.live_id, file, key);
  HttpRequest request;
  request.method = "POST";
  request.url = url("/requests");
  request.body = core::to_json_text({{"file", file},
                                     {"public_key", core::to_base64url(key.view())},
                                     {"mac", core::to_base64url(mac.view())},
                                     {"from", from}});
  KITH_TRY_ASSIGN(body, run(std::move(request), nullptr));
  KITH_TRY_ASSIGN(answer, parse_answer(body));
  LiveAsked asked{text_of(answer, "request_id"), text_of(answer, "token")};
  const auto token = core::from_base64url(asked.token);
  if (!core::is_ulid(asked.request_id) || !token || token->size() != kTokenBytes) return senseless_answer();
  return asked;
}

Expected<void> LiveVisit::stream(const LiveAsked& asked, std::uint64_t from, DownloadSink& sink) {
  HttpRequest request;
  request.url = url("/requests/" + asked.request_id + "/stream?from=" + std::to_string(from));
  request.sink = &sink;
  request.is_stream = true;
  KITH_TRY(run(std::move(request), &asked));
  return {};
}

Expected<void> LiveVisit::confirm(const LiveAsked& asked, const core::Mac& receipt) {
  HttpRequest request;
  request.method = "POST";
  request.url = url("/requests/" + asked.request_id + "/received");
  request.body = core::to_json_text({{"mac", core::to_base64url(receipt.view())}});
  KITH_TRY(run(std::move(request), &asked));
  return {};
}

Expected<void> LiveVisit::give_up(const LiveAsked& asked) {
  HttpRequest request;
  request.method = "DELETE";
  request.url = url("/requests/" + asked.request_id);
  KITH_TRY(run(std::move(request), &asked));
  return {};
}

}  // namespace kith::client
