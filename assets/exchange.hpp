#pragma once
// An exchange: a link by which somebody without an account gets files from a user, or gives them some. Plain values.
//
//   open -> uploading -> available -> exhausted      while it lives; assets/exchange_states.hpp has every step
//   any of them -> expired or revoked -> erased      by time or by its owner; the sweep erases content and record

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/exchange_token.hpp"
#include "assets/share_terms.hpp"
#include "core/crypto/sha256.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace kith::assets {

using ExchangeId = core::Id<struct ExchangeIdTag>;

enum class ExchangeDirection : std::uint8_t { send, receive };  // seen from the owner
enum class ExchangeState : std::uint8_t { open, uploading, available, exhausted, expired, revoked };
// "send", "uploading" and so on: as in JSON and in the database.
std::string direction_name(ExchangeDirection direction);
std::string state_name(ExchangeState state);

// One file in an exchange. `name` and `sealed_name` come from strangers: labels, never paths.
struct ExchangeFile {
  int number = 1;  // counts from 1
  std::string name;
  std::optional<std::string> sealed_name;  // of an encrypted exchange: base64url, never opened here
  std::uint64_t size = 0;
  std::string media_type;
  core::Digest digest;
  // Of a photo that goes out without something: what it goes without, and the digest of the original; size and digest
  // above are those of what goes out.
  Strip strip;
  core::Digest original;
  std::optional<core::AssetId> asset;  // of its owner: where it landed, or what it was taken from
  int downloads = 0;                   // whole ones
  core::Timestamp created_at;
};

struct Exchange {
  ExchangeId id;
  core::UserId owner;
  ExchangeDirection direction = ExchangeDirection::send;
  ExchangeState state = ExchangeState::open;  // as of the reading: expired from its time on
  bool finished = false;                      // takes no more files
  bool encrypted = false;                     // end to end: names and content are sealed
  std::optional<std::string> note;
  bool has_password = false;
  std::optional<int> max_downloads;  // of each file; nothing: as often as anybody likes
  int max_files = 1;
  std::optional<std::uint64_t> max_size;  // of all files together
  int downloads_running = 0;              // that hold a place
  std::vector<ExchangeFile> files;        // by number
  core::Timestamp created_at;
  core::Timestamp expires_at;

  std::uint64_t size() const;  // of all files
  // How often the most downloaded file was; an archive of all counts for each.
  int downloads() const;
  // Of the least downloaded file; nothing where there is no limit.
  std::optional<int> downloads_left() const;
  bool has_ended() const;  // exhausted, expired or revoked
};

// What somebody who makes an exchange asks for.
struct ExchangeWishes {
  std::optional<std::chrono::seconds> expires_in;  // 60 s to 90 days; default 7 days
  std::optional<std::int64_t> max_downloads;       // 1 to 1,000
  std::optional<std::int64_t> max_files;           // 1 to 100; default 1
  std::optional<std::string> password;             // 1 to 1,024 bytes of UTF-8
  std::optional<std::uint64_t> max_size;           // at least 1
  std::optional<std::string> note;                 // at most 1,000 bytes of UTF-8
  bool receive = false;                            // not with max_downloads or asset_ids
  bool encrypted = false;                          // not with receive or asset_ids
  std::vector<core::AssetId> asset_ids;            // own ones, 1 to 100, to fill it with at once
  Strip strip = StripMode::location;               // what photos among them go without
};

// A new exchange and its tokens, which can't be read again.
struct NewExchange {
  Exchange exchange;
  std::optional<ExchangeToken> upload_token;    // none when filled from assets
  std::optional<ExchangeToken> download_token;  // none when it receives
};

enum class ExchangeRole : std::uint8_t { upload, download };

// What a token opened.
struct ExchangeVisit {
  Exchange exchange;
  ExchangeRole role = ExchangeRole::download;
  bool needs_password = false;  // this role does, and it was not given: no file may be named or touched
};

using ExchangeTicketId = core::Id<struct ExchangeTicketIdTag>;

// What stands behind one presigned address: leave to bring one file, or to fetch one or all.
struct ExchangeTicket {
  ExchangeTicketId id;
  ExchangeId exchange;
  core::UserId owner;  // of the exchange
  ExchangeRole purpose = ExchangeRole::download;
  std::string name;  // upload: of the file
  std::optional<std::string> sealed_name;
  int first_file = 0;       // download: the first and the last number
  int last_file = 0;        //
  bool is_archive = false;  // download: all of them as one archive
  std::uint64_t size = 0;   // of the file or archive
  core::Timestamp expires_at;
};

}  // namespace kith::assets
