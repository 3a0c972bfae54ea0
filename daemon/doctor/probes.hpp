#pragma once
// Where the facts come from: this machine, asked without changing anything. What may take long is bounded; nothing is
// sent to any host but the own domain. Thread-safe.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/app/data_files.hpp"
#include "daemon/doctor/certificate_check.hpp"
#include "daemon/doctor/disk_checks.hpp"
#include "daemon/doctor/network_checks.hpp"
#include "daemon/doctor/state_checks.hpp"
#include "storage/database.hpp"

namespace kith::daemon {

// `keep_free`: how many bytes are to stay free.
std::optional<DiskFacts> probe_disk(const std::filesystem::path& folder, std::uint64_t keep_free);

PermissionFacts probe_permissions(const config::Config& config);

// Looks the name up, for `patience` at most.
DnsFacts probe_dns(const config::Config& config, std::chrono::milliseconds patience);
// Connects to where `facts` says the domain is, as long as `patience` at most.
ReachFacts::Outcome probe_reach(const DnsFacts& facts, std::uint16_t port, std::chrono::milliseconds patience);
// Whether somebody listens there: "127.0.0.1:8470", "[::1]:8470", "unix:/path". A wildcard is asked on the loopback.
bool probe_listener(const std::string& address, std::chrono::milliseconds patience);
// Whether a daemon holds the data folder; it is not disturbed.
bool probe_running(const DataFiles& files);
ClockFacts probe_clock();

CertificateSetting probe_certificate(const config::Config& config);

// Mails that wait; `problem` and `configured` come from the configuration.
core::Expected<MailFacts> probe_mail(const config::Mail& mail, storage::Database* database);
core::Expected<std::vector<DownPeer>> probe_peers(storage::Database& database);
// Has the program look at a picture of one point.
std::optional<std::string> probe_photos();

}  // namespace kith::daemon
