// The disk, and who may read what is on it.
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/doctor/probes.hpp"

namespace kith::daemon {
namespace {

// statfs(2); those that linux/magic.h doesn't have are from there too.
std::string network_name(long type) {
  switch (static_cast<unsigned long>(type) & 0xffffffff) {
    case 0x6969:
      return "NFS";
    case 0x517b:
    case 0xff534d42:
    case 0xfe534d42:
      return "SMB";
    case 0x00c36400:
      return "Ceph";
    case 0x5346414f:
    case 0x6b414653:
      return "AFS";
    case 0x01021997:
      return "9p";
    default:
      return "";
  }
}

// The folder, or before the first start the one it will be made in.
std::filesystem::path nearest(std::filesystem::path folder) {
  std::error_code failed;
  while (!std::filesystem::exists(folder, failed) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

FileFacts look_at(const std::filesystem::path& path, bool secret) {
  FileFacts facts;
  facts.path = path.string();
  facts.secret = secret;
  struct stat status {};
  facts.found = ::stat(path.c_str(), &status) == 0;
  if (!facts.found) return facts;
  facts.folder = S_ISDIR(status.st_mode);
  facts.mode = status.st_mode & 0777;
  facts.owner = status.st_uid;
  facts.readable = ::access(path.c_str(), facts.folder ? R_OK | X_OK : R_OK) == 0;
  return facts;
}

}  // namespace

std::optional<DiskFacts> probe_disk(const std::filesystem::path& data, std::uint64_t keep_free) {
  const auto folder = nearest(data);
  struct statvfs space {};
  struct statfs kind {};
  if (::statvfs(folder.c_str(), &space) != 0 || ::statfs(folder.c_str(), &kind) != 0) return std::nullopt;
  DiskFacts facts;
  facts.path = data.string();
  facts.total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize;
  facts.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  facts.keep_free_bytes = keep_free;
  facts.inodes = space.f_files;
  facts.free_inodes = space.f_favail;
  facts.read_only = (space.f_flag & ST_RDONLY) != 0;
  facts.network = network_name(static_cast<long>(kind.f_type));
  return facts;
}

PermissionFacts probe_permissions(const config::Config& config) {
  const DataFiles files(config.instance.data_dir);
  PermissionFacts facts;
  facts.user = ::geteuid();
  facts.files.push_back(look_at(files.directory(), false));
  facts.files.push_back(look_at(files.directory() / "master.key", true));
  facts.files.push_back(look_at(files.database(), false));
  if (!config.mail.user.empty()) {
    auto password = look_at(config.mail.password_file, true);
    password.owner = facts.files.front().owner;  // may be root's, with the daemon's group
    facts.files.push_back(std::move(password));
  }
  return facts;
}

CertificateSetting probe_certificate(const config::Config& config) {
  CertificateSetting setting;
  const auto place = public_place(config.instance.domain);
  setting.domain = place ? place->host : config.instance.domain;
  setting.behind_proxy = !config.trusted_proxies.empty();
  setting.allow_http = config.federation.allow_http;
  const auto& files = config.listen.public_tls;
  setting.tls = files.has_value();
  if (!files) return setting;
  setting.certificate = files->certificate.string();
  setting.key = files->key.string();
  setting.key_open = (look_at(files->key, true).mode & 07) != 0;
  setting.facts = read_certificate_facts(files->certificate, files->key, setting.domain);
  return setting;
}

}  // namespace kith::daemon
