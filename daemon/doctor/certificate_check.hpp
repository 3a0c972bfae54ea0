#pragma once
// What can be wrong with the certificate of the public listener. Facts in, verdict out: pure.

#include <optional>
#include <string>

#include "core/time.hpp"
#include "daemon/doctor/check.hpp"
#include "daemon/http/certificate_facts.hpp"

namespace kith::daemon {

struct CertificateSetting {
  std::string domain;         // host of instance.domain, to be named by the certificate
  bool tls = false;           // listen.public_tls is set
  bool behind_proxy = false;  // trusted_proxies is set: the proxy has the certificate
  bool allow_http = false;    // federation.allow_http
  std::string certificate;    // file
  std::string key;            // file
  bool key_open = false;      // others may read the key
  CertificateFacts facts;     // of the two files; meaningless without `tls`
};
Check check_certificate(const CertificateSetting& setting, core::Timestamp now);

}  // namespace kith::daemon
