#pragma once
// A resumable upload (tus 1.0.0): it goes on where it broke off, and when only the last answer got lost, asking for the
// offset tells that all is there, where sending again would make a second file. One thread.

#include <string>
#include <utility>
#include <vector>

#include "client/http.hpp"
#include "client/progress.hpp"

namespace kith::client {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// Where an upload goes.
class UploadPlace {
 public:
  virtual ~UploadPlace() = default;
  // The address of an upload of `size` bytes: a new one, or one that began earlier with the same content.
  [[nodiscard]] virtual core::Expected<std::string> open(std::uint64_t size) = 0;
  // What every request to that address carries.
  virtual HeaderFields credentials() const = 0;
  // Whether what is not whole, after all tries, is left for a later run or given up.
  virtual bool keeps(const core::Error& error) const = 0;
};

struct FinishedUpload {
  std::string asset_id;  // what it became, where the server says so
};

// All of `source`, over as many connections as it takes.
[[nodiscard]] core::Expected<FinishedUpload> upload_resumably(Http& http, UploadPlace& place, UploadSource& source,
                                                              Progress& progress);

// One request of tus: an answer of 2xx, or what the server says.
[[nodiscard]] core::Expected<HttpAnswer> ask_tus(Http& http, HttpRequest request);

}  // namespace kith::client
