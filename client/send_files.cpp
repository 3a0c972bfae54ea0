#include "client/send_files.hpp"

#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "client/transfers.hpp"
#include "core/encoding.hpp"
#include "core/random.hpp"

namespace kith::client {
namespace {

using core::Expected;

// What the server sees where it is not to know the name.
constexpr const char* kPlaceholder = "encrypted";
// What a receiver can't tell from the content it can't see.
constexpr const char* kMediaType = "application/octet-stream";

Expected<void> send_sealed(Http& http, ExchangeServer& server, FileSource& file, const std::string& name,
                           const LinkKey& key, Progress& progress) {
  core::SystemRandom random;
  core::CodingSalt salt;
  random.fill(salt.data);
  SealedSource sealed(file, content_key(key), salt);
  const auto about = seal_about(key, {name, kMediaType, salt}, random);
  if (about.size() > kMaxSealedName)
    return core::fail(core::ErrorCode::bad_request, "The name of the file is too long.");
  return send_content(http, server, kPlaceholder, about, sealed, progress);
}

}  // namespace

Expected<Files> open_files(const std::vector<std::string>& paths) {
  if (paths.size() > kMaxFiles)
    return core::fail(core::ErrorCode::bad_request,
                      "At most 100 files go into one exchange. Pack them first, for example with zip.");
  Files files;
  for (const auto& path : paths) {
    KITH_TRY_ASSIGN(file, FileSource::open(path));
    files.push_back(std::move(file));
  }
  return files;
}

Expected<void> send_files(Http& http, ExchangeServer& server, const Files& files, const std::optional<LinkKey>& key) {
  for (const auto& file : files) {
    const auto name = core::is_valid_utf8(file->name()) ? file->name() : safe_name(file->name());
    Progress progress(printable(name), file->size());
    KITH_TRY(key ? send_sealed(http, server, *file, name, *key, progress)
                 : send_content(http, server, name, std::nullopt, *file, progress));
    progress.say("Sent " + printable(name) + " (" + size_text(file->size()) + ").");
  }
  return {};
}

}  // namespace kith::client
