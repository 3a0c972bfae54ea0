#pragma once
// What becomes of content that comes: checked, opened where it is sealed, and put into a PartialFile. One thread.

#include <memory>

#include "client/exchange_secrets.hpp"
#include "client/http.hpp"
#include "client/partial_file.hpp"

namespace kith::client {

class Receiver : public DownloadSink {
 public:
  // How many bytes of the server's content are here: where the next request begins.
  virtual std::uint64_t position() const = 0;
  // When all has come. bad_request, and the partial file is gone, when it is not what it should be.
  [[nodiscard]] virtual core::Expected<void> finish() = 0;
};

// Goes on behind what is in the file already.
[[nodiscard]] core::Expected<std::unique_ptr<Receiver>> receive_plain(PartialFile& file, std::uint64_t size,
                                                                      const core::Digest& digest);
// `size`: of the sealed content.
[[nodiscard]] core::Expected<std::unique_ptr<Receiver>> receive_sealed(PartialFile& file, std::uint64_t size,
                                                                       const ContentKey& key,
                                                                       const core::CodingSalt& salt);

}  // namespace kith::client
