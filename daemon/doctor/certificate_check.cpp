#include "daemon/doctor/certificate_check.hpp"

namespace kith::daemon {
namespace {

constexpr std::chrono::days kSoon{14};

Check certificate(CheckState state, std::string code, const CertificateSetting& setting, std::string text) {
  CheckValues values{{"domain", setting.domain}, {"certificate", setting.certificate}, {"key", setting.key}};
  if (setting.facts.not_after) values["expires_at"] = core::format_timestamp(*setting.facts.not_after);
  return {"certificate", state, std::move(code), std::move(values), std::move(text)};
}

Check without_tls(const CertificateSetting& setting) {
  if (setting.behind_proxy)
    return certificate(CheckState::ok, "behind_proxy", setting, "The reverse proxy has the certificate, not kithd.");
  if (setting.allow_http)
    return certificate(CheckState::ok, "no_tls", setting,
                       "The public listener has no certificate, and federation.allow_http says that this is meant so.");
  return certificate(CheckState::warning, "no_tls", setting,
                     "The public listener has no certificate. Set listen.public_tls, or put a reverse proxy with one "
                     "in front and name it in trusted_proxies: others expect https.");
}

// Nothing: both files can be used.
std::optional<Check> unusable(const CertificateSetting& setting) {
  const auto& facts = setting.facts;
  if (!facts.certificate_read)
    return certificate(CheckState::error, "unreadable", setting,
                       setting.certificate + " can't be read as a certificate in PEM form: " + facts.problem +
                           ". Correct listen.public_tls.certificate.");
  if (!facts.key_read)
    return certificate(CheckState::error, "key_unreadable", setting,
                       setting.key + " can't be read as a key in PEM form: " + facts.problem +
                           ". Correct listen.public_tls.key, and let the daemon's user read it.");
  if (!facts.key_matches)
    return certificate(
        CheckState::error, "key_mismatch", setting,
        setting.key + " is not the key of " + setting.certificate + ". Name the two that belong together.");
  return std::nullopt;
}

std::optional<Check> at_the_wrong_time(const CertificateSetting& setting, core::Timestamp now) {
  const auto& facts = setting.facts;
  if (facts.not_before && now < *facts.not_before)
    return certificate(CheckState::error, "not_yet_valid", setting,
                       "The certificate is good from " + core::format_timestamp(*facts.not_before) +
                           " on. Is the clock of this machine right?");
  if (facts.not_after && now >= *facts.not_after)
    return certificate(CheckState::error, "expired", setting,
                       "The certificate ran out on " + core::format_timestamp(*facts.not_after) +
                           ". Renew it, then run: systemctl reload kithd");
  return std::nullopt;
}

}  // namespace

Check check_certificate(const CertificateSetting& setting, core::Timestamp now) {
  if (!setting.tls) return without_tls(setting);
  const auto& facts = setting.facts;
  if (auto found = unusable(setting)) return *found;
  if (auto found = at_the_wrong_time(setting, now)) return *found;
  if (!facts.names_host)
    return certificate(
        CheckState::error, "other_name", setting,
        "The certificate is not for " + setting.domain + ". Get one for that name, or correct instance.domain.");
  if (setting.key_open)
    return certificate(CheckState::error, "key_open", setting,
                       "All users of this machine may read " + setting.key + ". Run: chmod o= " + setting.key);
  if (facts.not_after && *facts.not_after - now < kSoon)
    return certificate(CheckState::warning, "expires_soon", setting,
                       "The certificate runs out on " + core::format_timestamp(*facts.not_after) +
                           ". Renew it, and see to it that this happens by itself.");
  if (facts.self_signed)
    return certificate(
        CheckState::warning, "self_signed", setting,
        "The certificate is signed by itself: browsers warn of it, and other instances can't check it. Get "
        "one from an authority, such as Let's Encrypt.");
  if (facts.chain_length < 2)
    return certificate(CheckState::warning, "chain_incomplete", setting,
                       "The file holds the certificate alone, without the authority's own behind it, so others may not "
                       "trust it. Use the file with the full chain (fullchain.pem).");
  return certificate(CheckState::ok, "ok", setting,
                     "The certificate is for " + setting.domain + " and good until " +
                         (facts.not_after ? core::format_timestamp(*facts.not_after) : "whenever") + ".");
}

}  // namespace kith::daemon
