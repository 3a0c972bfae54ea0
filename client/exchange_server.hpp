#pragma once
// What the client asks of a server about exchanges, as values. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/exchange_link.hpp"
#include "client/http.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::client {

struct OfferedFile {
  int number = 0;
  std::string name;  // as the server says it
  std::optional<std::string> sealed_name;
  std::uint64_t size = 0;
  core::Digest digest;  // of the content as the server has it
};

struct ExchangeInfo {
  bool is_upload = false;
  bool encrypted = false;
  bool password_required = false;
  std::string from;  // who made it, for people
  std::optional<std::string> note;
  int files_left = 0;
  std::optional<std::uint64_t> max_size;
  std::optional<std::vector<OfferedFile>> files;  // nothing while the password is missing
};

struct DownloadTicket {
  std::string url;
  std::uint64_t size = 0;
};

struct UploadTicket {
  std::string url;
  std::string resumable_url;
};

struct NewExchange {
  bool receive = false;
  bool encrypted = false;
  std::optional<std::int64_t> expires_in;  // seconds
  std::optional<int> max_downloads;
  std::optional<int> max_files;
  std::optional<std::uint64_t> max_size;
  std::optional<std::string> password;
  std::optional<std::string> note;
};

struct MadeExchange {
  std::string id;
  std::string upload_token;  // empty when it receives nothing
  std::string page;          // the link to give away, without a key
};

// With a token of an exchange.
class ExchangeServer {
 public:
  ExchangeServer(Http& http, std::string server, std::string token, std::optional<std::string> password);
  [[nodiscard]] core::Expected<ExchangeInfo> info();
  [[nodiscard]] core::Expected<DownloadTicket> download(int number);
  [[nodiscard]] core::Expected<UploadTicket> upload(const std::string& name, std::uint64_t size,
                                                    const std::optional<std::string>& sealed_name);
  // An address that the server gave, as it is reached from here.
  std::string address(const std::string& url) const;

 private:
  core::Expected<std::string> ask(const std::string& method, const std::string& target);

  Http& http_;
  const std::string server_, token_;
  const std::optional<std::string> password_;
};

// With somebody's log-in.
[[nodiscard]] core::Expected<MadeExchange> make_exchange(Http& http, const std::string& server,
                                                         const std::string& auth_token, const NewExchange& wish,
                                                         const std::string& idempotency_key);
[[nodiscard]] core::Expected<void> revoke_exchange(Http& http, const std::string& server, const std::string& auth_token,
                                                   const std::string& id);

}  // namespace kith::client
