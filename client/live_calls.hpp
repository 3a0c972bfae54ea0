#pragma once
// The calls of a live transfer's sender (docs/live.md, "Sender"), as values. One thread.

#include <string>
#include <vector>

#include "client/api.hpp"
#include "client/live_feed.hpp"

namespace kith::client {

struct LiveMade {
  std::string live_id;
  std::string code;
  std::string page;        // the link without what stands behind its #
  std::string expires_at;  // as the server says it
};

// Makes an offer of these files.
[[nodiscard]] core::Expected<LiveMade> make_live_offer(Api& api, std::span<const LiveFile> files, const core::Mac& mac);

// About one offer. Errors: those of Api.
class LiveCalls {
 public:
  // Borrows `http`.
  LiveCalls(Http& http, const Account& account, const std::string& live_id)
      : api_(http, account), target_("/api/live/" + in_path(live_id)) {}

  // Events into `sink`, as long as the connection holds.
  [[nodiscard]] core::Expected<void> listen(DownloadSink& sink);
  [[nodiscard]] core::Expected<void> open(const LiveBinding& binding, const LiveToOpen& task);
  // How many chunks the receiver's connection has.
  [[nodiscard]] core::Expected<std::uint64_t> put(const LiveBinding& binding, const LiveToPut& task,
                                                  core::ByteView sealed);
  // `reason` as docs/live.md names it.
  [[nodiscard]] core::Expected<void> refuse(const std::string& request_id, const std::string& reason);
  // The sender leaves.
  [[nodiscard]] core::Expected<void> leave();

 private:
  std::string request_target(const std::string& request_id) const {
    return target_ + "/requests/" + in_path(request_id);
  }

  Api api_;
  const std::string target_;
};

}  // namespace kith::client
