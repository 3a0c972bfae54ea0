#include "client/account.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "client/exchange_link.hpp"
#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "client/secret_input.hpp"
#include "core/json.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::size_t kMaxAccountFile = 16 * 1024;

class File {
 public:
  explicit File(int file) : file_(file) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return file_; }

 private:
  const int file_;
};

core::Unexpected failed(const std::string& what, const std::string& path, int error) {
  return core::fail(ErrorCode::internal, what + " " + printable(path) + ": " + std::strerror(error));
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Expected<std::string> read_all(int file, const std::string& path) {
  std::string text(kMaxAccountFile + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto count = ::read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("Can't read", path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

Expected<Account> parse_account(const std::string& text, const std::string& path) {
  const auto senseless = [&] {
    return core::fail(ErrorCode::internal,
                      printable(path) + " makes no sense. Remove it and log in again with kith login.");
  };
  const auto json = core::parse_json_object(text, {kMaxAccountFile, 4, 100});
  if (!json) return senseless();
  const auto server = core::required_text(*json, "server", kMaxSecretLine);
  const auto token = core::required_text(*json, "token", kMaxSecretLine);
  const auto user = core::required_text(*json, "user", kMaxSecretLine);
  const auto token_id = core::required_text(*json, "token_id", kMaxSecretLine);
  if (!server || !token || !user || !token_id) return senseless();
  return Account{*server, *token, *user, *token_id};
}

Expected<void> write_all(int file, const std::string& text, const std::string& path) {
  for (std::size_t done = 0; done < text.size();) {
    const auto count = ::write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("Can't write", path, errno);
    done += static_cast<std::size_t>(count);
  }
  if (::fsync(file) != 0) return failed("Can't write", path, errno);
  return {};
}

}  // namespace

Expected<std::string> account_file() {
  // The XDG specification has relative paths passed over.
  auto folder = std::filesystem::path(from_environment("XDG_CONFIG_HOME"));
  if (!folder.is_absolute()) {
    const auto home = from_environment("HOME");
    if (home.empty())
      return core::fail(ErrorCode::internal,
                        "There is no home folder to look for your log-in in: set HOME, or KITH_SERVER and KITH_TOKEN.");
    folder = std::filesystem::path(home) / ".config";
  }
  return (folder / "kith" / "account.json").string();
}

Expected<std::optional<Account>> stored_account(const std::string& path, Privacy privacy) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.get() < 0) return failed("Can't read", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed("Can't read", path, errno);
  if (!S_ISREG(status.st_mode)) return core::fail(ErrorCode::internal, printable(path) + " is no file.");
  if (privacy == Privacy::required && (status.st_mode & 077) != 0)
    return core::fail(ErrorCode::forbidden, "Others can read " + printable(path) +
                                                ", so your token may be known. End it with kith logout, and log in "
                                                "again with kith login.");
  KITH_TRY_ASSIGN(text, read_all(file.get(), path));
  KITH_TRY_ASSIGN(account, parse_account(text, path));
  return std::optional(std::move(account));
}

Expected<void> store_account(const std::string& path, const Account& account) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (error || (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST))
    return failed("Can't make the folder", folder.string(), error ? error.value() : errno);
  if (::chmod(folder.c_str(), 0700) != 0) return failed("Can't use the folder", folder.string(), errno);
  auto fresh = path + ".XXXXXX";
  const File file(::mkostemp(fresh.data(), O_CLOEXEC));  // 0600 from the start
  if (file.get() < 0) return failed("Can't write into", folder.string(), errno);
  const core::Json json{
      {"server", account.server}, {"token", account.token}, {"user", account.user}, {"token_id", account.token_id}};
  auto written = write_all(file.get(), json.dump(1) + "\n", fresh);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0) written = failed("Can't write", path, errno);
  if (!written) ::unlink(fresh.c_str());
  return written;
}

Expected<bool> forget_account(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return failed("Can't remove", path, errno);
}

Expected<Account> find_account(const AccountOptions& options) {
  Account account;
  account.server = options.server.empty() ? from_environment("KITH_SERVER") : options.server;
  if (!options.token_file.empty() || !from_environment("KITH_TOKEN").empty()) {
    KITH_TRY_ASSIGN(token, read_auth_token(options.token_file));
    account.token = std::move(token);
  }
  if (!account.server.empty()) {
    KITH_TRY_ASSIGN(server, parse_server(account.server));
    account.server = std::move(server);
  }
  if (!account.server.empty() && !account.token.empty()) return account;
  KITH_TRY_ASSIGN(path, account_file());
  KITH_TRY_ASSIGN(stored, stored_account(path));
  if (!stored && account.token.empty())
    return core::fail(ErrorCode::unauthorized,
                      "Log in first: kith login https://your.server --email you@mail.example. Scripts can set "
                      "KITH_SERVER and KITH_TOKEN in the place of that.");
  if (!stored)
    return core::fail(ErrorCode::bad_request, "There is a token, but no server: name it with --server or KITH_SERVER.");
  if (!account.token.empty()) {
    account.server = stored->server;
    return account;
  }
  if (!account.server.empty() && account.server != stored->server)
    return core::fail(ErrorCode::unauthorized, "You are logged in at " + printable(stored->server) + ", not at " +
                                                   printable(account.server) +
                                                   ": log in there, or give a token with --token-file.");
  return *stored;
}

}  // namespace kith::client
