#include "config/config.hpp"

#include <unistd.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace kith::config {
namespace {

Config parsed(const std::string& text) {
  auto config = parse_config(text, "test.yaml");
  EXPECT_TRUE(config) << config.error().detail;
  return config ? *config : Config{};
}

std::string refusal(const std::string& text) {
  auto config = parse_config(text, "test.yaml");
  return config ? "accepted" : config.error().detail;
}

TEST(Config, DefaultsHoldWithoutAFile) {
  const auto config = default_config();
  ASSERT_TRUE(config) << config.error().detail;
  char host[256] = {};
  ASSERT_EQ(::gethostname(host, sizeof host - 1), 0);
  EXPECT_THAT(config->instance.domain, testing::EndsWith(":8471"));
  EXPECT_EQ(config->instance.domain.size(), std::string(host).size() + 5);
  EXPECT_EQ(config->instance.name, config->instance.domain);
  EXPECT_EQ(config->instance.public_url, "http://" + config->instance.domain);
  EXPECT_EQ(config->web.url, "http://127.0.0.1:8470");
  EXPECT_EQ(config->listen.local, "127.0.0.1:8470");
  EXPECT_EQ(config->accounts.default_quota_bytes, 100ull << 30);
}

TEST(Config, AnEmptyFileIsAllDefaults) {
  for (const char* text : {"", "# only a comment\n", "---\n", "instance:\nlisten: {}\n"})
    EXPECT_EQ(parsed(text).listen.public_, "0.0.0.0:8471") << text;
}

// The lines checks rely on, word for word.
TEST(Config, TakesTheKeysChecksRelyOn) {
  const auto config = parsed(R"(instance: { domain: "a.example:8471", name: "Alice's server", data_dir: /var/lib/kith }
listen:   { local: "127.0.0.1:8470", public: "0.0.0.0:8471" }
federation: { allow_http: true, allow_private_addresses: true }   # sealed traffic over plain HTTP; peers on LAN or loopback
log: { level: info, format: text }                                # or json
)");
  EXPECT_EQ(config.instance.domain, "a.example:8471");
  EXPECT_EQ(config.instance.name, "Alice's server");
  EXPECT_EQ(config.instance.data_dir, "/var/lib/kith");
  EXPECT_TRUE(config.federation.allow_http);
  EXPECT_TRUE(config.federation.allow_private_addresses);
}

TEST(Config, ReadsEveryKey) {
  const auto config = parsed(R"(
instance: { domain: home.example, name: Us, data_dir: /srv/kith, public_url: "https://files.home.example" }
listen:
  local: "[::1]:1"
  public: unix:/run/kith/public.sock
  local_tls: { certificate: /a.crt, key: /a.key }
  public_tls: { certificate: /b.crt, key: /b.key }
web: { url: "https://kith.lan", allowed_hosts: [kith.lan, "box:8470"] }
federation:
  { allow_http: true, allow_private_addresses: true, require_verified: true, delivery: poll, ca_file: /ca.pem }
accounts: { default_quota: 5 GB, argon2_passes: 1, argon2_memory_mib: 8 }
storage: { keep_free: 0, max_file_size: 10MiB, synchronous: false }
limits:
  { max_connections: 100, max_connections_per_address: 10, event_threads: 3, worker_threads: 4, uploads_per_user: 2 }
log: { level: debug, format: json }
trusted_proxies: [127.0.0.1, "10.0.0.0/8", "fd00::/8"]
)");
  EXPECT_EQ(config.instance.domain, "home.example");
  EXPECT_EQ(config.instance.name, "Us");
  EXPECT_EQ(config.instance.data_dir, "/srv/kith");
  EXPECT_EQ(config.instance.public_url, "https://files.home.example");
  EXPECT_EQ(config.listen.local, "[::1]:1");
  EXPECT_EQ(config.listen.public_, "unix:/run/kith/public.sock");
  EXPECT_EQ(config.listen.local_tls->certificate, "/a.crt");
  EXPECT_EQ(config.listen.public_tls->key, "/b.key");
  EXPECT_EQ(config.web.url, "https://kith.lan");
  EXPECT_THAT(config.web.allowed_hosts, testing::ElementsAre("kith.lan", "box:8470"));
  EXPECT_TRUE(config.federation.require_verified);
  EXPECT_EQ(config.federation.delivery, "poll");
  EXPECT_EQ(config.federation.ca_file, "/ca.pem");
  EXPECT_EQ(config.accounts.default_quota_bytes, 5'000'000'000u);
  EXPECT_EQ(config.accounts.argon2_passes, 1);
  EXPECT_EQ(config.accounts.argon2_memory_mib, 8);
  EXPECT_EQ(config.storage.keep_free_bytes, 0u);
  EXPECT_EQ(config.storage.max_file_bytes, 10u << 20);
  EXPECT_FALSE(config.storage.synchronous);
  EXPECT_EQ(config.limits.max_connections, 100);
  EXPECT_EQ(config.limits.max_connections_per_address, 10);
  EXPECT_EQ(config.limits.event_threads, 3);
  EXPECT_EQ(config.limits.worker_threads, 4);
  EXPECT_EQ(config.limits.uploads_per_user, 2);
  EXPECT_EQ(config.log.level, core::LogLevel::debug);
  EXPECT_EQ(config.log.format, core::LogFormat::json);
  EXPECT_THAT(config.trusted_proxies, testing::ElementsAre("127.0.0.1", "10.0.0.0/8", "fd00::/8"));
}

TEST(Config, DerivesUrlsFromListenersAndDomain) {
  const auto url = [](const std::string& text) { return parsed(text).instance.public_url; };
  EXPECT_EQ(url("instance: { domain: home.example }"), "https://home.example") << "without a port it is HTTPS";
  EXPECT_EQ(url("instance: { domain: 'home.example:81' }"), "http://home.example:81");
  EXPECT_EQ(url("instance: { domain: '[2001:db8::1]' }"), "https://[2001:db8::1]");
  EXPECT_EQ(url("instance: { domain: '[2001:db8::1]:81' }"), "http://[2001:db8::1]:81");
  EXPECT_EQ(url("instance: { domain: 'h:81' }\nlisten: { public_tls: { certificate: /c, key: /k } }"), "https://h:81");
  const auto web = [](const std::string& local) { return parsed("listen: { local: '" + local + "' }").web.url; };
  EXPECT_EQ(web("0.0.0.0:80"), "http://localhost:80");
  EXPECT_EQ(web("[::]:80"), "http://localhost:80");
  EXPECT_EQ(web("[::1]:80"), "http://[::1]:80");
  EXPECT_EQ(web("192.168.1.2:80"), "http://192.168.1.2:80");
  EXPECT_EQ(web("unix:/run/kith.sock"), "http://localhost");
  EXPECT_THAT(parsed("listen: { public: '0.0.0.0:443' }").instance.domain, testing::Not(testing::HasSubstr(":")));
}

TEST(Config, KnowsWhatTheFileNames) {
  const auto none = parsed("instance: { data_dir: /srv/kith }").instance;
  EXPECT_FALSE(none.domain_is_set || none.name_is_set || none.public_url_is_set);
  const auto domain = parsed("instance: { domain: a.example }").instance;
  EXPECT_TRUE(domain.domain_is_set);
  EXPECT_FALSE(domain.name_is_set) << "it follows from the domain";
  EXPECT_FALSE(domain.public_url_is_set);
  const auto rest = parsed("instance: { name: Us, public_url: 'https://a.example' }").instance;
  EXPECT_FALSE(rest.domain_is_set);
  EXPECT_TRUE(rest.name_is_set && rest.public_url_is_set);
}

TEST(Config, TakesChoicesForWhatTheFileDoesNotName) {
  auto config = parsed("web: { allowed_hosts: [box] }");
  const auto before = config.instance.domain;
  apply_choices(config, {});
  EXPECT_EQ(config.instance.domain, before);
  EXPECT_THAT(config.web.allowed_hosts, testing::ElementsAre("box"));

  apply_choices(config, {"home.example", std::nullopt});
  EXPECT_EQ(config.instance.domain, "home.example");
  EXPECT_EQ(config.instance.name, "home.example");
  EXPECT_EQ(config.instance.public_url, "https://home.example");
  EXPECT_THAT(config.web.allowed_hosts, testing::ElementsAre("box", before)) << "whoever used that name still may";
  apply_choices(config, {"home.example:81", "Us"});
  EXPECT_EQ(config.instance.name, "Us");
  EXPECT_EQ(config.instance.public_url, "http://home.example:81");
}

TEST(Config, MailsComeFromTheDomainUnlessTheFileSaysOtherwise) {
  EXPECT_EQ(parsed("instance: { domain: 'a.example:81' }").mail.from, "kith@a.example");
  EXPECT_EQ(parsed("instance: { domain: '[::1]:81' }").mail.from, "kith@[::1]");
  auto chosen = parsed("log: { level: info }");
  apply_choices(chosen, {"home.example:81", std::nullopt});
  EXPECT_EQ(chosen.mail.from, "kith@home.example");
  auto named = parsed("mail: { from: post@b.example }");
  apply_choices(named, {"home.example", std::nullopt});
  EXPECT_EQ(named.mail.from, "post@b.example");
}

TEST(Config, RefusesSendersThatAreNoAddress) {
  for (const auto* from : {"kith", "@a.example", "kith@", "Us <kith@a.example>", "a@b, c@d", "k\u00e4@a.example"}) {
    EXPECT_THAT(refusal("mail: { from: \"" + std::string(from) + "\" }"),
                testing::HasSubstr("must be an e-mail address, like kith@home.example"))
        << from;
  }
}

TEST(Config, TakesNoChoiceForWhatTheFileNames) {
  auto config = parsed("instance: { domain: a.example, name: Us }");
  apply_choices(config, {"b.example", "Them"});
  EXPECT_EQ(config.instance.domain, "a.example");
  EXPECT_EQ(config.instance.name, "Us");
  EXPECT_EQ(config.instance.public_url, "https://a.example");
  EXPECT_TRUE(config.web.allowed_hosts.empty());

  auto behind_proxy = parsed("instance: { public_url: 'https://files.example', name: Us }");
  apply_choices(behind_proxy, {"b.example", std::nullopt});
  EXPECT_EQ(behind_proxy.instance.domain, "b.example");
  EXPECT_EQ(behind_proxy.instance.name, "Us");
  EXPECT_EQ(behind_proxy.instance.public_url, "https://files.example");
}

TEST(Config, TellsFileLineColumnAndWhatWouldBeRight) {
  EXPECT_EQ(refusal("storage:\n  keep_fre: 1 GiB\n"),
            "test.yaml:2:3: unknown key \"keep_fre\"; did you mean \"keep_free\"?");
  EXPECT_EQ(refusal("log: { level: loud }"),
            "test.yaml:1:15: log.level: must be debug, info, warning, error or off, not \"loud\"");
  EXPECT_EQ(refusal("limits:\n  worker_threads: many"),
            "test.yaml:2:19: limits.worker_threads: must be a whole number from 2 to 256, not \"many\"");
}

TEST(Config, SuggestsTheKeyThatWasMeant) {
  EXPECT_THAT(refusal("Storage: {}"), testing::HasSubstr("did you mean \"storage\"?"));
  EXPECT_THAT(refusal("web: { allowed-hosts: [] }"), testing::HasSubstr("did you mean \"allowed_hosts\"?"));
  EXPECT_THAT(refusal("max_file_size: 1 GiB"), testing::HasSubstr("it belongs under \"storage\""));
  EXPECT_THAT(refusal("web: { completely_different: 1 }"), testing::HasSubstr("known here: url, allowed_hosts"));
  EXPECT_THAT(refusal("listen: { public_tls: { certificate: /c, key: /k, chain: /d } }"),
              testing::HasSubstr("unknown key \"chain\""));
}

TEST(Config, TellsAllMistakesAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(refusal("web: { url: x }\nlog: { level: 7 }\nnonsense: 1\n"),
            "test.yaml:1:13: web.url: \"x\" must begin with https:// or http://\n"
            "test.yaml:2:15: log.level: must be debug, info, warning, error or off, not \"7\"\n"
            "test.yaml:3:1: unknown key \"nonsense\"; known here: listen, instance, web, federation, accounts, mail, "
            "alerts, storage, limits, live, log, trusted_proxies");
  std::string many;
  for (int i = 0; i < 200; ++i) many += "wrong" + std::to_string(i) + ": 1\n";
  EXPECT_THAT(refusal(many), testing::EndsWith("and 150 more"));
}

TEST(Config, RefusesWrongTypes) {
  for (const char* text : {"[]",
                           "just text",
                           "listen: 8470",
                           "listen: []",
                           "web: { allowed_hosts: one }",
                           "web: { allowed_hosts: [[a]] }",
                           "instance: { domain: [a] }",
                           "instance: { domain: {} }",
                           "federation: { allow_http: yes }",
                           "federation: { allow_http: 1 }",
                           "federation: { allow_http: \"true\" }",
                           "limits: { event_threads: 2.5 }",
                           "limits: { event_threads: \"2\" }",
                           "limits: { event_threads: 99999999999999999999 }",
                           "storage: { keep_free: lots }",
                           "storage: { keep_free: -1 }",
                           "storage: { keep_free: 1 gib }",
                           "storage: { keep_free: 99999999999 TiB }",
                           "instance: { name: }",
                           "instance: { name: '' }"}) {
    EXPECT_THAT(refusal(text), testing::StartsWith("test.yaml:1:")) << text;
  }
  EXPECT_THAT(refusal("listen: { local: [::1]:8470 }"), testing::StartsWith("test.yaml:1:"));
  EXPECT_THAT(refusal("listen:\n  local: [1]"), testing::HasSubstr("put text that begins with '[' in quotes"));
}

TEST(Config, RefusesImpossibleValues) {
  for (const char* text :
       {"limits: { max_connections: 0 }", "limits: { worker_threads: 100000 }", "storage: { max_file_size: 0 }",
        "accounts: { argon2_passes: 0 }", "instance: { data_dir: kith }", "federation: { delivery: pull }",
        "federation: { ca_file: ca.pem }", "instance: { name: \"a\\nb\" }", "instance: { name: \"\\x07\" }",
        "listen: { local_tls: { certificate: c.pem, key: /k } }"}) {
    EXPECT_THAT(refusal(text), testing::StartsWith("test.yaml:1:")) << text;
  }
  EXPECT_THAT(refusal("instance: { data_dir: ./data }"), testing::HasSubstr("must be an absolute path"));
}

TEST(Config, RefusesHalfOfTheTlsFiles) {
  EXPECT_EQ(refusal("listen:\n  public_tls: { certificate: /c }"),
            "test.yaml:2:15: listen.public_tls.key: is missing; certificate and key go together");
  EXPECT_THAT(refusal("listen: { local_tls: { key: /k } }"), testing::HasSubstr("local_tls.certificate: is missing"));
  EXPECT_THAT(refusal("listen: { local_tls: {} }"), testing::HasSubstr("is missing"));
}

TEST(Config, RefusesTwoListenersOnOnePort) {
  for (const char* text : {"listen: { local: '127.0.0.1:8471' }", "listen: { public: '[::]:8470' }",
                           "listen: { local: 'unix:/s', public: 'unix:/s' }"})
    EXPECT_THAT(refusal(text), testing::HasSubstr("same port")) << text;
  EXPECT_EQ(refusal("listen: { local: '127.0.0.1:80', public: '127.0.0.2:80' }"), "accepted");
  EXPECT_EQ(refusal("listen: { local: 'unix:/s', public: 'unix:/t' }"), "accepted");
}

TEST(Config, LoadsAFileAndTellsItsName) {
  test::TempDir folder;
  const auto file = folder / "kith.yaml";
  std::ofstream(file) << "log: { level: error }\n";
  const auto config = load_config(file);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->log.level, core::LogLevel::error);

  std::ofstream(file) << "log: { level: loud }\n";
  EXPECT_THAT(load_config(file).error().detail, testing::StartsWith(file.string() + ":1:15: "));
  const auto missing = load_config(folder / "missing.yaml");
  EXPECT_EQ(missing.error().code, core::ErrorCode::not_found);
  EXPECT_THAT(missing.error().detail, testing::HasSubstr("missing.yaml"));
  EXPECT_FALSE(load_config(folder.path())) << "a folder";
}

TEST(Config, RefusesALargeFile) {
  test::TempDir folder;
  const auto file = folder / "kith.yaml";
  std::ofstream(file) << std::string(256 * 1024, '#');
  EXPECT_TRUE(load_config(file));
  std::ofstream(file) << std::string(256 * 1024 + 1, '#');
  EXPECT_THAT(load_config(file).error().detail, testing::HasSubstr("larger than 256 KiB"));
}

}  // namespace
}  // namespace kith::config
