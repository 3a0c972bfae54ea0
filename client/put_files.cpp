// `kith put`.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "client/file_commands.hpp"
#include "client/file_source.hpp"
#include "client/local_files.hpp"
#include "client/own_upload.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using core::Json;

// Files going up, one after the other.
class Putting {
 public:
  Putting(Api& api, const Output& output, bool quiet, std::size_t count)
      : api_(api), output_(output), quiet_(quiet), count_(count) {}

  Expected<void> put(const LocalFile& file) {
    ++number_;
    KITH_TRY_ASSIGN(source, FileSource::open(file.path));
    KITH_TRY_ASSIGN(digest, digest_here(file.name, *source));
    KITH_TRY_ASSIGN(there, find_own_file(api_, file.name));
    if (there && there->size == source->size() && there->digest == digest) {
      KITH_TRY_ASSIGN(asset, api_.get("/api/assets/" + in_path(there->id)));
      return tell(file.name, asset, "is there already, just the same");
    }
    Progress progress(label(file.name), source->size(), display());
    auto asset = upload_file(api_, file.name, *source, digest, progress);
    progress.clear();
    if (asset) return tell(file.name, *asset, there ? "is there as a new version" : "is there");
    if (may_go_on(asset.error())) progress.say("What is there of it waits for a day: the same command goes on.");
    return tl::make_unexpected(std::move(asset.error()));
  }

  Expected<void> put_stream(const std::string& name) {
    ++number_;
    Progress progress(label(name), 0, display());
    KITH_TRY_ASSIGN(asset, upload_stream(api_, name, STDIN_FILENO, progress));
    progress.clear();
    return tell(name, asset, "is there");
  }

  Json& assets() { return assets_; }

 private:
  Progress::Display display() const { return quiet_ ? Progress::Display::none : Progress::Display::terminal; }

  std::string label(const std::string& name) const {
    if (count_ == 1) return printable(name);
    return std::to_string(number_) + " of " + std::to_string(count_) + " " + printable(name);
  }

  Expected<core::Digest> digest_here(const std::string& name, UploadSource& source) const {
    Progress reading("Reading " + label(name), source.size(), display());
    return digest_of(source, api_.http().interruption(), reading);
  }

  bool may_go_on(const core::Error& error) const {
    return !quiet_ && (error.code == ErrorCode::peer_unreachable || api_.http().interruption().has_come());
  }

  Expected<void> tell(const std::string& name, const Json& asset, const char* how) {
    const auto size = core::required_integer(asset, "size", 0, INT64_MAX).value_or(0);
    output_.done(printable(text_of(asset, "name")),
                 label(name) + " " + how + " (" + size_text(static_cast<std::uint64_t>(size)) + ").", quiet_);
    assets_.push_back(asset);
    return {};
  }

  Api& api_;
  const Output& output_;
  const bool quiet_;
  const std::size_t count_;
  std::size_t number_ = 0;
  Json assets_ = Json::array();
};

// What is wrong with one file says nothing of the others.
bool is_about_one_file(const core::Error& error, const Interruption& interruption) {
  switch (error.code) {
    case ErrorCode::bad_request:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::too_large:
      return !interruption.has_come();
    default:
      return false;
  }
}

Expected<void> put_all(Putting& putting, const std::vector<LocalFile>& files, const Interruption& interruption) {
  std::vector<core::Error> failures;
  for (const auto& file : files) {
    auto done = putting.put(file);
    if (done) continue;
    if (files.size() == 1 || !is_about_one_file(done.error(), interruption)) return done;
    Output::notice(printable(file.path) + ": " + done.error().detail);
    failures.push_back(std::move(done.error()));
  }
  if (failures.empty()) return {};
  return core::fail(failures.front().code, std::to_string(failures.size()) + " of " + std::to_string(files.size()) +
                                               " files are not there: see above.");
}

}  // namespace

Expected<void> put_files(const PutFilesCommand& command, const AccountOptions& account, const Output& output) {
  const bool is_stream = command.files.size() == 1 && command.files.front() == "-";
  if (is_stream && !command.name)
    return core::fail(ErrorCode::bad_request, "Say what standard input is to be called there, with --name.");
  if (command.name && (command.files.size() != 1 || command.recursive))
    return core::fail(ErrorCode::bad_request, "--name is for one file.");
  KITH_TRY_ASSIGN(session, Session::open(account));
  if (is_stream) {
    Putting putting(session->api(), output, command.quiet || output.json(), 1);
    KITH_TRY(putting.put_stream(*command.name));
    output.document(putting.assets());
    return {};
  }
  KITH_TRY_ASSIGN(files, choose_local_files(command.files, command.recursive));
  if (command.name) files.front().name = *command.name;
  Putting putting(session->api(), output, command.quiet || output.json(), files.size());
  KITH_TRY(put_all(putting, files, session->http().interruption()));
  output.document(putting.assets());
  return {};
}

}  // namespace kith::client
