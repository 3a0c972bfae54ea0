// `kith get`.

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "client/file_commands.hpp"
#include "client/file_source.hpp"
#include "client/own_upload.hpp"
#include "client/remote_files.hpp"
#include "client/safe_name.hpp"
#include "client/transfers.hpp"

namespace kith::client {
namespace {

namespace fs = std::filesystem;
using core::ErrorCode;
using core::Expected;

Expected<void> receive(Api& api, const Owner& owner, const RemoteFile& file, Receiver& receiver, Progress& progress) {
  const auto url =
      api.url("/api/assets/" + in_path(file.id) + "/content" + (owner ? "?owner=" + in_path(*owner) : std::string()));
  return get_patiently(api.http().interruption(), file.size, receiver, progress, [&]() -> Expected<void> {
    auto headers = api.credentials();
    headers.emplace_back("If-Match", file.etag);  // pieces of two versions don't fit
    KITH_TRY_ASSIGN(answer, get_rest(api.http(), url, std::move(headers), receiver, progress));
    if (answer.status == 200 || answer.status == 206) return {};
    if (answer.status == 412)
      return core::fail(ErrorCode::precondition_failed,
                        printable(file.name) + " is another one by now. Run the same command again.");
    return tl::make_unexpected(problem_of(answer));
  });
}

// Straight to standard output; a wrong digest is told when it has passed.
class OutputReceiver final : public Receiver {
 public:
  explicit OutputReceiver(const RemoteFile& file) : file_(file) {}
  std::uint64_t position() const override { return position_; }
  Expected<void> begin(std::uint64_t from) override {
    if (from == position_) return {};
    return core::fail(ErrorCode::peer_error, "The server sent another part than was asked for.");
  }
  Expected<void> write(core::ByteView piece) override {
    if (piece.size() > file_.size - position_)
      return core::fail(ErrorCode::peer_error, "The server sent more than it said.");
    hash_.update(piece);
    position_ += piece.size();
    while (!piece.empty()) {
      const auto count = ::write(STDOUT_FILENO, piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0)
        return core::fail(ErrorCode::internal, std::string("Can't write to standard output: ") + std::strerror(errno));
      piece = piece.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }
  Expected<void> finish() override {
    if (position_ == file_.size && hash_.finish() == file_.digest) return {};
    return core::fail(ErrorCode::bad_request, "What came is damaged: do not use it. Try again.");
  }

 private:
  const RemoteFile& file_;
  core::Sha256 hash_;
  std::uint64_t position_ = 0;
};

// Files coming into a folder, one after the other.
class Getting {
 public:
  Getting(Api& api, const GetFilesCommand& command, const Output& output, std::size_t count)
      : api_(api), command_(command), output_(output), quiet_(command.quiet || output.json()), count_(count) {}

  Expected<void> get(const RemoteFile& file) {
    ++number_;
    const auto name = safe_name(file.name);
    if (!taken_.insert(name).second)
      return core::fail(ErrorCode::conflict, "Two of these files would both be called " + name +
                                                 " here. Get one of them into another folder with -o.");
    const auto path = (fs::path(command_.folder) / name).string();
    KITH_TRY_ASSIGN(is_here, look_for(path, file));
    if (is_here) return tell(path, file, "is here already, just the same");
    KITH_TRY(check_room(file));
    KITH_TRY_ASSIGN(partial, PartialFile::open(command_.folder, file.digest));
    Progress progress(label(name), file.size, display());
    KITH_TRY_ASSIGN(receiver, receive_plain(*partial, file.size, file.digest));
    if (auto got = receive(api_, command_.from, file, *receiver, progress); !got) {
      if (partial->size() > 0 && partial->size() < file.size && !quiet_)
        progress.say("What came of it is kept: the same command goes on.");
      return got;
    }
    progress.clear();
    const auto taken = command_.force ? PartialFile::Taken::is_replaced : PartialFile::Taken::is_refused;
    KITH_TRY(partial->keep_only_as(name, taken));
    return tell(path, file, "is here");
  }

  core::Json& files() { return files_; }

 private:
  Progress::Display display() const { return quiet_ ? Progress::Display::none : Progress::Display::terminal; }

  std::string label(const std::string& name) const {
    if (count_ == 1) return name;
    return std::to_string(number_) + " of " + std::to_string(count_) + " " + name;
  }

  // True if this very file was got before. conflict when another one is in its place.
  Expected<bool> look_for(const std::string& path, const RemoteFile& file) {
    std::error_code error;
    const auto status = fs::symlink_status(path, error);
    if (status.type() == fs::file_type::not_found) return false;
    if (fs::is_directory(status))
      return core::fail(ErrorCode::conflict, printable(path) + " is a folder. Save into another one with -o.");
    if (fs::is_regular_file(status) && fs::file_size(path, error) == file.size) {
      KITH_TRY_ASSIGN(source, FileSource::open(path));
      Progress reading("Reading " + label(safe_name(file.name)), file.size, display());
      KITH_TRY_ASSIGN(digest, digest_of(*source, api_.http().interruption(), reading));
      if (digest == file.digest) return true;
    }
    if (command_.force) return false;
    return core::fail(ErrorCode::conflict, "There is another file called " + printable(path) +
                                               " already: --force replaces it, -o saves into another folder.");
  }

  // Rather told now than in an hour; a lie about the size fills no disk either.
  Expected<void> check_room(const RemoteFile& file) {
    std::error_code error;
    const auto space = fs::space(command_.folder, error);
    if (error || space.available >= file.size) return {};
    return core::fail(ErrorCode::storage_full, safe_name(file.name) + " has " + size_text(file.size) +
                                                   ", but there is room for " + size_text(space.available) +
                                                   " only. Make room, or save elsewhere with -o.");
  }

  Expected<void> tell(const std::string& path, const RemoteFile& file, const char* how) {
    output_.done(printable(path), label(safe_name(file.name)) + " " + how + " (" + size_text(file.size) + ").", quiet_);
    files_.push_back({{"id", file.id},
                      {"name", file.name},
                      {"path", path},
                      {"size", file.size},
                      {"digest", core::digest_text(file.digest)}});
    return {};
  }

  Api& api_;
  const GetFilesCommand& command_;
  const Output& output_;
  const bool quiet_;
  const std::size_t count_;
  std::size_t number_ = 0;
  std::set<std::string> taken_;
  core::Json files_ = core::Json::array();
};

Expected<void> get_to_output(Api& api, const GetFilesCommand& command, const std::vector<RemoteFile>& files) {
  for (const auto& file : files) {
    OutputReceiver receiver(file);
    Progress progress(
        safe_name(file.name), file.size,
        command.quiet || ::isatty(STDOUT_FILENO) == 1 ? Progress::Display::none : Progress::Display::terminal);
    KITH_TRY(receive(api, command.from, file, receiver, progress));
  }
  return {};
}

}  // namespace

Expected<void> get_files(const GetFilesCommand& command, const AccountOptions& account, const Output& output) {
  const bool to_output = command.folder == "-";
  if (to_output && output.json())
    return core::fail(ErrorCode::bad_request, "Standard output can't take both: leave out --json, or -o -.");
  KITH_TRY_ASSIGN(session, Session::open(account));
  KITH_TRY_ASSIGN(files, choose_files(session->api(), command.from, command.names));
  if (to_output) return get_to_output(session->api(), command, files);
  std::error_code error;
  fs::create_directories(command.folder, error);
  if (error)
    return core::fail(ErrorCode::internal,
                      "Can't make the folder " + printable(command.folder) + ": " + error.message());
  Getting getting(session->api(), command, output, files.size());
  for (const auto& file : files) KITH_TRY(getting.get(file));
  output.document(getting.files());
  return {};
}

}  // namespace kith::client
