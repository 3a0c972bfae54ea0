// Every verdict of the checks between this machine and the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/doctor/certificate_check.hpp"
#include "daemon/doctor/network_checks.hpp"

namespace kith::daemon {
namespace {

using enum CheckState;
using Dns = DnsFacts::Outcome;
using Reach = ReachFacts::Outcome;
using testing::HasSubstr;

void expect(const Check& check, CheckState state, std::string_view code) {
  EXPECT_EQ(check_state_name(check.state), check_state_name(state)) << check.code;
  EXPECT_EQ(check.code, code);
  EXPECT_THAT(check.text, testing::Not(testing::IsEmpty()));
}

const core::Timestamp kNow = *core::parse_timestamp("2026-06-01T12:00:00.000Z");
constexpr std::chrono::days kDay{1};

TEST(PublicPlace, IsTakenApart) {
  const auto parts = [](const char* domain) {
    const auto place = public_place(domain);
    return place ? place->host + " " + std::to_string(place->port) : "none";
  };
  EXPECT_EQ(parts("a.example"), "a.example 443");
  EXPECT_EQ(parts("a.example:8471"), "a.example 8471");
  EXPECT_EQ(parts("[2001:db8::1]"), "2001:db8::1 443");
  EXPECT_EQ(parts("[2001:db8::1]:8471"), "2001:db8::1 8471");
  for (const char* wrong :
       {"", ":80", "a.example:", "a.example:x", "a.example:0", "a.example:70000", "[::1", "[::1]8471"})
    EXPECT_EQ(parts(wrong), "none") << wrong;
}

TEST(DoctorDns, EveryVerdict) {
  DnsFacts facts{"a.example", Dns::found, {"198.41.0.4"}, {"192.168.1.2", "127.0.0.1"}};
  expect(check_dns(facts), ok, "ok");  // behind a router
  facts.own = {"198.41.0.4"};
  expect(check_dns(facts), ok, "ok");
  facts.own = {"198.41.0.9"};
  expect(check_dns(facts), warning, "elsewhere");
  facts.behind_proxy = true;
  expect(check_dns(facts), ok, "ok");

  expect(check_dns({"a.example", Dns::not_found, {}, {}}), error, "not_found");
  expect(check_dns({"a.example", Dns::no_answer, {}, {}}), unknown, "no_answer");
  expect(check_dns({"127.0.0.1", Dns::found, {"127.0.0.1"}, {}}), ok, "is_an_address");

  DnsFacts at_home{"a.lan", Dns::found, {"192.168.1.2"}, {"192.168.1.2"}};
  expect(check_dns(at_home), warning, "private_only");
  at_home.allow_private = true;
  expect(check_dns(at_home), ok, "ok");

  DnsFacts both{"a.example", Dns::found, {"198.41.0.4", "2001:4860::1"}, {"192.168.1.2", "2001:4860::2"}};
  const auto stray = check_dns(both);
  expect(stray, warning, "ipv6_not_here");
  EXPECT_THAT(stray.text, HasSubstr("2001:4860::1"));
  both.own.push_back("2001:4860::1");
  expect(check_dns(both), ok, "ok");
}

TEST(DoctorPorts, EveryVerdict) {
  const auto verdict = [](bool running, bool local, bool open) {
    return check_ports({running, {{"listen.local", "127.0.0.1:8470", local}, {"listen.public", "0.0.0.0:8471", open}}});
  };
  expect(verdict(true, true, true), ok, "ok");
  expect(verdict(false, false, false), warning, "not_running");
  const auto taken = verdict(false, false, true);
  expect(taken, error, "taken");
  EXPECT_THAT(taken.text, HasSubstr("0.0.0.0:8471"));
  EXPECT_THAT(taken.text, HasSubstr("listen.public"));
  expect(verdict(true, false, true), error, "not_listening");
}

TEST(DoctorReachable, EveryVerdict) {
  ReachFacts facts{"a.example", Reach::connected, true, false, false, {}, kNow};
  expect(check_reachable(facts), ok, "ok");
  facts.outcome = Reach::timed_out;
  const auto unknown_yet = check_reachable(facts);
  expect(unknown_yet, unknown, "no_connection");
  EXPECT_THAT(unknown_yet.text, HasSubstr("router"));
  facts.last_contact = kNow - 29 * kDay;
  expect(check_reachable(facts), ok, "ok");
  facts.last_contact = kNow - 31 * kDay;
  expect(check_reachable(facts), unknown, "no_connection");
  facts.polls = true;
  expect(check_reachable(facts), ok, "polls");
  facts = {"a.example", Reach::not_resolved, true, false, false, {}, kNow};
  expect(check_reachable(facts), unknown, "not_resolved");
  facts.outcome = Reach::refused;
  expect(check_reachable(facts), unknown, "no_connection");
  facts.own_address = true;
  expect(check_reachable(facts), error, "refused");
  facts.running = false;
  expect(check_reachable(facts), unknown, "not_running");
}

TEST(DoctorProxy, EveryVerdict) {
  expect(check_proxy({}), ok, "none");
  ProxyFacts facts{true, false, false, {}};
  expect(check_proxy(facts), ok, "ok");
  facts.public_wildcard = true;
  expect(check_proxy(facts), warning, "open_to_all");
  facts.public_tls = true;
  expect(check_proxy(facts), ok, "ok");
  facts.not_trusted = "192.168.1.7";
  const auto check = check_proxy(facts);
  expect(check, warning, "not_trusted");
  EXPECT_EQ(check.values.at("address"), "192.168.1.7");
}

TEST(DoctorClock, EveryVerdict) {
  expect(check_clock({true}), ok, "ok");
  expect(check_clock({false}), warning, "not_synchronised");
  expect(check_clock({}), unknown, "not_known");
}

struct DoctorCertificate : testing::Test {
  CertificateSetting setting;
  DoctorCertificate() {
    setting.domain = "a.example";
    setting.tls = true;
    setting.certificate = "/etc/kith/cert.pem";
    setting.key = "/etc/kith/key.pem";
    auto& facts = setting.facts;
    facts.certificate_read = facts.key_read = facts.key_matches = facts.names_host = true;
    facts.chain_length = 2;
    facts.not_before = kNow - kDay;
    facts.not_after = kNow + 60 * kDay;
  }
  void expect_now(CheckState state, std::string_view code) const {
    expect(check_certificate(setting, kNow), state, code);
  }
};

TEST_F(DoctorCertificate, WithoutOne) {
  setting.tls = false;
  expect_now(warning, "no_tls");
  setting.allow_http = true;
  expect_now(ok, "no_tls");
  setting.behind_proxy = true;
  expect_now(ok, "behind_proxy");
}

TEST_F(DoctorCertificate, ThatCannotBeUsed) {
  expect_now(ok, "ok");
  setting.facts.names_host = false;
  expect_now(error, "other_name");
  setting.facts.key_matches = false;
  expect_now(error, "key_mismatch");
  setting.facts.key_read = false;
  expect_now(error, "key_unreadable");
  setting.facts.certificate_read = false;
  expect_now(error, "unreadable");
}

TEST_F(DoctorCertificate, ItsTime) {
  setting.facts.not_after = kNow + 13 * kDay;
  expect_now(warning, "expires_soon");
  setting.facts.not_after = kNow;
  expect_now(error, "expired");
  EXPECT_EQ(check_certificate(setting, kNow).values.at("expires_at"), "2026-06-01T12:00:00.000Z");
  setting.facts.not_before = kNow + kDay;
  expect_now(error, "not_yet_valid");
}

TEST_F(DoctorCertificate, ItsKeyAndChain) {
  setting.facts.chain_length = 1;
  expect_now(warning, "chain_incomplete");
  setting.facts.self_signed = true;
  expect_now(warning, "self_signed");
  setting.key_open = true;
  expect_now(error, "key_open");
}

}  // namespace
}  // namespace kith::daemon
