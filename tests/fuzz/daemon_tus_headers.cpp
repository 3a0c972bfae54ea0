// Header fields of resumable uploads: the first byte says which, the rest is its value.

#include <cstdlib>

#include "assets/limits.hpp"
#include "core/encoding.hpp"
#include "daemon/api/tus_protocol.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith;
  if (size == 0) return 0;
  const auto value = core::as_text({data + 1, size - 1});
  switch (data[0]) {
    case 'm': {
      const auto read = daemon::parse_tus_metadata(value);
      if (!read) break;
      if (value.size() > assets::kMaxUploadMetadata) std::abort();
      std::string again;
      for (const auto& [key, text] : *read) {
        if (key.empty() || key.find_first_of(" ,") != key.npos) std::abort();
        again.append(again.empty() ? "" : ",").append(key).append(" ").append(core::to_base64(core::as_bytes(text)));
      }
      // What was read says the same when it is written again.
      if (again.size() > assets::kMaxUploadMetadata) break;
      const auto second = daemon::parse_tus_metadata(again);
      if (!second || *second != *read) std::abort();
      break;
    }
    case 'c': {
      const auto read = daemon::parse_tus_checksum(value);
      if (read && read->expected.size() != 20 && read->expected.size() != 32) std::abort();
      break;
    }
    case 'n': {
      const auto read = daemon::parse_tus_number(value);
      if (read && *read > INT64_MAX) std::abort();
      break;
    }
    default:
      daemon::Request request;
      request.method = daemon::Method::post;
      request.headers.add("Upload-Length", "5");
      request.headers.add("Upload-Metadata", value);
      request.headers.add("X-HTTP-Method-Override", value);
      (void)daemon::parse_tus_creation(request);
      (void)daemon::overridden_method(request);
  }
  return 0;
}
