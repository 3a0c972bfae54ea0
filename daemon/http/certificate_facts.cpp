#include "daemon/http/certificate_facts.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

namespace kith::daemon {
namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::size_t kLongestChain = 10;

// Never asks a terminal for the password of an encrypted key.
int no_password(char*, int, int, void*) {
  return -1;
}

std::string last_problem() {
  const auto error = ERR_peek_last_error();
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "unknown";
}

std::optional<core::Timestamp> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return core::from_unix_ms(std::int64_t{::timegm(&parts)} * 1000);
}

std::vector<CertificatePtr> read_chain(const std::filesystem::path& file) {
  std::vector<CertificatePtr> chain;
  const BioPtr bio(BIO_new_file(file.c_str(), "r"), BIO_free);
  while (bio && chain.size() < kLongestChain) {
    CertificatePtr next(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr), X509_free);
    if (!next) break;
    chain.push_back(std::move(next));
  }
  return chain;
}

KeyPtr read_key(const std::filesystem::path& file) {
  const BioPtr bio(BIO_new_file(file.c_str(), "r"), BIO_free);
  return {bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : nullptr, EVP_PKEY_free};
}

bool names(X509* certificate, const std::string& host) {
  return X509_check_ip_asc(certificate, host.c_str(), 0) == 1 ||
         X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace

CertificateFacts read_certificate_facts(const std::filesystem::path& certificate, const std::filesystem::path& key,
                                        const std::string& host) {
  CertificateFacts facts;
  ERR_clear_error();
  const auto chain = read_chain(certificate);
  facts.certificate_read = !chain.empty();
  facts.chain_length = chain.size();
  if (chain.empty()) {
    facts.problem = last_problem();
    return facts;
  }
  X509* const leaf = chain.front().get();
  facts.not_before = time_of(X509_get0_notBefore(leaf));
  facts.not_after = time_of(X509_get0_notAfter(leaf));
  facts.names_host = names(leaf, host);
  facts.self_signed = X509_self_signed(leaf, 1) == 1;
  ERR_clear_error();
  const auto private_key = read_key(key);
  facts.key_read = private_key != nullptr;
  if (!private_key) facts.problem = last_problem();
  facts.key_matches = private_key && X509_check_private_key(leaf, private_key.get()) == 1;
  ERR_clear_error();
  return facts;
}

}  // namespace kith::daemon
