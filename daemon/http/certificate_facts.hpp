#pragma once
// What a certificate file and a key file hold, for whoever checks them without serving with them.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace kith::daemon {

struct CertificateFacts {
  bool certificate_read = false;
  bool key_read = false;
  std::string problem;  // why one of them could not be read
  bool key_matches = false;
  bool names_host = false;
  bool self_signed = false;
  std::size_t chain_length = 0;  // certificates in the file
  std::optional<core::Timestamp> not_before;
  std::optional<core::Timestamp> not_after;
};

// `host`: a name, or a numeric address without brackets. Blocks for the two files.
CertificateFacts read_certificate_facts(const std::filesystem::path& certificate, const std::filesystem::path& key,
                                        const std::string& host);

}  // namespace kith::daemon
