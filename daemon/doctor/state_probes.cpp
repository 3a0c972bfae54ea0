// What the database tells, and whether the program for photos works.
#include <sys/mman.h>
#include <unistd.h>

#include "assets/photo_program.hpp"
#include "daemon/app/mail_way.hpp"
#include "daemon/doctor/probes.hpp"
#include "storage/posix_file.hpp"

namespace kith::daemon {
namespace {

constexpr int kMostPeers = 100;
constexpr std::chrono::seconds kPhotoPatience{30};

// A file that is no photo: a program that works says just that.
class NoPhoto final : public storage::BlobReader {
 public:
  NoPhoto() : file_(::memfd_create("kith-no-photo", MFD_CLOEXEC)) {
    if (::write(file_.get(), "x", 1) != 1) file_ = storage::Descriptor();
  }
  std::uint64_t size() const override { return 1; }
  core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t>) override { return 0; }
  int file_descriptor() const override { return file_.get(); }

 private:
  storage::Descriptor file_;
};

}  // namespace

core::Expected<MailFacts> probe_mail(const config::Mail& mail, storage::Database* database) {
  MailFacts facts;
  facts.configured = !mail.smtp_url.empty();
  if (const auto sound = check_mail(mail); !sound) facts.problem = sound.error().detail;
  if (database == nullptr) return facts;
  KITH_TRY(database->read([&](storage::Reader& reader) -> core::Expected<void> {
    KITH_TRY(reader.query("SELECT count(*), min(created_at) FROM mails", {}, [&](const storage::Row& row) {
      facts.waiting = row.integer(0);
      facts.oldest_at = row.optional_time(1);
      return false;
    }));
    return reader.query("SELECT last_error FROM mails WHERE last_error IS NOT NULL ORDER BY tried_at DESC LIMIT 1", {},
                        [&](const storage::Row& row) {
                          facts.last_error = row.text(0);
                          return false;
                        });
  }));
  return facts;
}

core::Expected<std::vector<DownPeer>> probe_peers(storage::Database& database) {
  std::vector<DownPeer> down;
  KITH_TRY(database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT i.domain, i.down_since, i.last_error FROM instances i WHERE i.down_since IS NOT NULL AND i.blocked = 0 "
        "AND EXISTS (SELECT 1 FROM connections c WHERE c.peer_domain = i.domain AND c.phase <> 'ended' "
        "AND c.state = 'established') ORDER BY i.down_since LIMIT ?",
        {kMostPeers}, [&](const storage::Row& row) {
          down.push_back({row.text(0), row.time(1), row.optional_text(2).value_or("")});
          return true;
        });
  }));
  return down;
}

std::optional<std::string> probe_photos() {
  const core::Logger silent(core::LogLevel::off, core::LogFormat::text);
  assets::PhotoProgram program(assets::PhotoProgram::beside_this_program(), silent, kPhotoPatience);
  NoPhoto no_photo;
  const auto examined = program.examine(no_photo);
  if (examined || examined.error().code == core::ErrorCode::unsupported_media_type) return std::nullopt;
  return examined.error().detail;
}

}  // namespace kith::daemon
