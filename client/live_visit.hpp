#pragma once
// The link of a live transfer, opened by a receiver: what is offered, vouched for by the secret in the link, and the
// calls about it (docs/live.md, "Receiver"). One thread.

#include <string>
#include <vector>

#include "client/http.hpp"
#include "client/live_keys.hpp"
#include "client/live_link.hpp"

namespace kith::client {

struct LiveOffer {
  std::string live_id;
  std::vector<LiveFile> files;
  std::string from;  // who sends, as the server says it; printable
  bool sender_here = false;
};

// One request for a file, as the server knows it.
struct LiveAsked {
  std::string request_id;
  std::string token;
};

class LiveVisit {
 public:
  // Borrows `http`. not_authentic when the listing is not what the holder of the secret offers: nothing of it is shown
  // then. not_found for a code that the server does not know.
  [[nodiscard]] static core::Expected<LiveVisit> open(Http& http, LiveLink link);

  const LiveOffer& offer() const { return offer_; }
  const LiveSecret& secret() const { return link_.secret; }
  const LiveAuthKey& auth_key() const { return auth_key_; }
  Http& http() const { return http_; }

  [[nodiscard]] core::Expected<LiveAsked> ask(std::uint64_t file, const core::BoxPublicKey& key, std::uint64_t from);
  // The stream of a request, into `sink`, as long as the connection holds.
  [[nodiscard]] core::Expected<void> stream(const LiveAsked& asked, std::uint64_t from, DownloadSink& sink);
  [[nodiscard]] core::Expected<void> confirm(const LiveAsked& asked, const core::Mac& receipt);
  [[nodiscard]] core::Expected<void> give_up(const LiveAsked& asked);

 private:
  LiveVisit(Http& http, LiveLink link, LiveAuthKey auth_key)
      : http_(http), link_(std::move(link)), auth_key_(std::move(auth_key)) {}
  std::string url(const std::string& rest) const;
  core::Expected<std::string> run(HttpRequest request, const LiveAsked* asked);

  Http& http_;
  LiveLink link_;
  LiveAuthKey auth_key_;
  LiveOffer offer_;
};

// What a server answers about an offer, with the MAC that came with it. Pure.
struct LiveListing {
  LiveOffer offer;
  std::optional<core::Mac> mac;
};
[[nodiscard]] core::Expected<LiveListing> parse_live_listing(std::string_view body);

}  // namespace kith::client
