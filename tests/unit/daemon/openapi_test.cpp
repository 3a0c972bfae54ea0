// The OpenAPI document says what the daemon serves, no more and no less.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "core/json.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/openapi.hpp"
#include "daemon/api/page.hpp"
#include "daemon/api/permissions.hpp"
#include "daemon/app/application.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::daemon {
namespace {

using core::Json;

// What other instances call; federation/PROTOCOL.md describes it. With a slash at the end: all below.
constexpr std::string_view kForInstances[] = {"/.well-known/kith", "/handshake/", "/api/auth", "/api/private/v1/"};
// The page for people. Its other files are found among what is embedded.
constexpr std::string_view kForBrowsers[] = {
    "/",       "/invite",    "/app/",         "/exchange/u", "/exchange/d", "/exchange/app/", "/exchange/icon.svg",
    "/live/l", "/live/app/", "/live/icon.svg"};

bool is_at(std::string_view pattern, std::string_view place) {
  return pattern == place || (place.size() > 1 && place.ends_with('/') && pattern.starts_with(place));
}

bool is_for_clients(std::string_view pattern) {
  const auto here = [&](std::string_view place) { return is_at(pattern, place); };
  const auto is_this = [&](const PageFile& file) { return pattern == "/" + std::string(file.path); };
  return std::ranges::none_of(kForInstances, here) && std::ranges::none_of(kForBrowsers, here) &&
         std::ranges::none_of(embedded_page(), is_this);
}

// Routes whose body is streamed and those at presigned addresses are made of no EndpointSpec: what the document must
// say of them stands here.
struct Stream {
  std::string_view key;
  std::set<std::string> query = {};
  bool takes_idempotency_key = true;
};
const Stream kStreams[] = {{"POST /files", {"filename"}},
                           {"PUT /files/{name}"},
                           {"POST /api/uploads"},
                           {"PATCH /api/uploads/{id}", {}, false},
                           {"POST /api/uploads/{id}", {}, false}};

constexpr std::string_view kPresigned[] = {"/exchange/content/", "/exchange/resumable/", "/exchange/uploads/"};
const std::set<std::string> kPresignedQuery{"expires", "size", "key", "id", "signature"};

bool is_presigned(const Route& route) {
  return std::ranges::any_of(kPresigned, [&](std::string_view place) { return route.pattern.starts_with(place); });
}

// What codes of live transfers open, and what the token of a request does there.
bool is_live_receivers(std::string_view pattern) {
  return pattern.starts_with("/live/");
}

// OPTIONS is answered everywhere and described nowhere, and so is HEAD where there is a GET.
constexpr std::pair<std::string_view, Method> kMethods[] = {{"get", Method::get},     {"head", Method::head},
                                                            {"post", Method::post},   {"put", Method::put},
                                                            {"patch", Method::patch}, {"delete", Method::delete_}};

std::string key_of(std::string_view method, std::string_view path) {
  return std::string(method) + " " + std::string(path);
}

class OpenApi : public testing::Test {
 protected:
  OpenApi() : document(Json::parse(openapi_document())) {}

  void SetUp() override {
    auto config = config::default_config();
    ASSERT_TRUE(config) << config.error().detail;
    config->instance.data_dir = directory_ / "data";
    config->instance.domain = "a.example";
    config->listen.local = "127.0.0.1:0";
    config->listen.public_ = "127.0.0.1:0";
    auto started = Application::start(*config, clock_, random_, core::Logger::none());
    ASSERT_TRUE(started) << started.error().detail;
    application_ = std::move(*started);
    for (const auto& route : application_->router().routes()) {
      patterns.insert(route.pattern);
      const bool is_described = route.method != Method::options && is_for_clients(route.pattern);
      if (is_described) served.emplace(key_of(method_name(route.method), route.pattern), &route);
    }
    for (const auto& [path, item] : document.at("paths").items()) {
      for (const auto& [name, method] : kMethods) {
        if (item.contains(name)) described.emplace(key_of(method_name(method), path), &item.at(name));
      }
    }
  }

  // What a "$ref" leads to; else the value itself.
  const Json& resolved(const Json& value) const {
    const auto ref = value.find("$ref");
    return ref == value.end() ? value : document.at(Json::json_pointer(ref->get<std::string>().substr(1)));
  }

  std::set<std::string> parameters(const Json& operation, std::string_view in) const {
    std::set<std::string> names;
    for (const auto& parameter : operation.value("parameters", Json::array())) {
      const auto& known = resolved(parameter);
      if (known.at("in") == in) names.insert(known.at("name").get<std::string>());
    }
    return names;
  }

  // For each operation that is both served and described.
  template <class Check>
  void for_each(Check check) const {
    ASSERT_FALSE(served.empty());
    for (const auto& [key, route] : served) {
      const auto found = described.find(key);
      if (found == described.end()) continue;  // DescribesEveryRouteAndNoOther tells of it
      SCOPED_TRACE(key);
      check(key, *route, *found->second);
    }
  }

  const Json document;
  std::set<std::string> patterns;              // of all routes
  std::map<std::string, const Route*> served;  // by "GET /api/assets"
  std::map<std::string, const Json*> described;

 private:
  test::TempDir directory_;
  core::SystemClock clock_;
  core::SystemRandom random_;
  std::unique_ptr<Application> application_;
};

std::set<std::string> path_names(const std::string& pattern) {
  std::set<std::string> names;
  for (auto at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    names.insert(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

template <class Map>
std::set<std::string> keys(const Map& map) {
  std::set<std::string> out;
  for (const auto& [key, value] : map) out.insert(key);
  return out;
}

TEST_F(OpenApi, DescribesEveryRouteAndNoOther) {
  EXPECT_EQ(keys(described), keys(served));
}

// A place that nothing is served at would hide what comes there later.
TEST_F(OpenApi, LeavesOutOnlyWhatIsThere) {
  for (const auto place : kForInstances) {
    EXPECT_THAT(patterns, testing::Contains(testing::Truly([&](const auto& one) { return is_at(one, place); })))
        << place;
  }
}

TEST_F(OpenApi, NamesEveryParameterOfThePathAndTheQuery) {
  for_each([&](const std::string& key, const Route& route, const Json& operation) {
    EXPECT_EQ(parameters(operation, "path"), path_names(route.pattern));
    std::set<std::string> query;
    if (route.endpoint) query = {route.endpoint->query.begin(), route.endpoint->query.end()};
    for (const auto& stream : kStreams) {
      if (stream.key == key) query = stream.query;
    }
    if (is_presigned(route)) query = kPresignedQuery;
    EXPECT_EQ(parameters(operation, "query"), query);
  });
}

TEST_F(OpenApi, EachStreamedBodyIsNamedInThisTest) {
  std::set<std::string> streamed, named;
  for (const auto& [key, route] : served) {
    if (route->open_sink && !is_presigned(*route)) streamed.insert(key);
  }
  for (const auto& stream : kStreams) named.emplace(stream.key);
  EXPECT_EQ(streamed, named);
}

TEST_F(OpenApi, SaysWhoMayCall) {
  const auto none = Json::array();
  const auto outsiders = Json::parse(R"([{"exchange": []}])");
  const auto of_request = Json::parse(R"([{"live": []}])");
  const auto basic = Json::parse(R"([{"basic": []}])");
  const auto bearer = Json::parse(R"([{"bearer": []}])");
  const auto reading = Json::parse(R"([{"bearer": []}, {"cookie": []}])");
  const auto elsewhere = Json::parse(R"([{}, {"bearer": []}, {"cookie": []}])");
  const auto writing = Json::parse(R"([{"bearer": []}, {"cookie": [], "csrf": []}])");
  for_each([&](const std::string& key, const Route& route, const Json& operation) {
    const auto permit = permit_of(route.method, route.pattern);
    const auto& security = operation.at("security");
    EXPECT_EQ(operation.at("x-kith-access"), access_name(permit.access));
    EXPECT_EQ(is_presigned(route), permit.access == Access::presigned);
    if (is_live_receivers(route.pattern)) {
      EXPECT_EQ(permit.access, Access::outsider);
      EXPECT_EQ(security, route.pattern.find("{rid}") != std::string::npos ? of_request : none);
    } else if (permit.access == Access::outsider) {
      EXPECT_EQ(security, outsiders);
    } else if (permit.access == Access::registration) {
      EXPECT_EQ(security, bearer);
    } else if (key == "GET /metrics") {
      EXPECT_EQ(security, elsewhere) << "operations_routes.cpp tells this machine from others";
    } else if (!permit.needs_token()) {
      EXPECT_EQ(security, key == "POST /api/tokens" ? basic : none);
    } else {
      const bool reads = route.method == Method::get || route.method == Method::head;
      EXPECT_EQ(security, reads ? reading : writing);
    }
  });
}

TEST_F(OpenApi, SaysWhichScopeAnApiTokenNeeds) {
  for_each([&](const std::string&, const Route& route, const Json& operation) {
    const auto permit = permit_of(route.method, route.pattern);
    EXPECT_EQ(operation.contains("x-kith-scope"), permit.needs_token());
    EXPECT_EQ(operation.value("x-kith-scope", "none"), needed_scope_name(permit.scope));
  });
}

TEST_F(OpenApi, NamesTheIdempotencyKeyWhereItIsTaken) {
  for_each([&](const std::string& key, const Route& route, const Json& operation) {
    const auto* stream = std::ranges::find(kStreams, std::string_view(key), &Stream::key);
    const bool takes = (stream != std::end(kStreams) && stream->takes_idempotency_key) ||
                       (route.endpoint && route.endpoint->takes_idempotency_key);
    EXPECT_EQ(parameters(operation, "header").contains("Idempotency-Key"), takes);
  });
}

TEST_F(OpenApi, DescribesABodyWhereOneIsTaken) {
  for_each([&](const std::string&, const Route& route, const Json& operation) {
    const bool takes = route.open_sink || (route.endpoint && route.endpoint->max_body > 0);
    EXPECT_EQ(operation.contains("requestBody"), takes);
  });
}

// The refusals that every endpoint of this kind answers.
std::set<std::string> refusals_of(const EndpointSpec& spec) {
  std::set<std::string> out{"400", "default"};
  const auto permit = permit_of(spec.method, spec.pattern);
  if (is_live_receivers(spec.pattern)) {
    out.insert({"404", "429"});
  } else if (permit.access == Access::outsider) {
    out.insert({"401", "410", "429"});
  }
  if (permit.needs_token()) out.insert({"401", "403"});
  if (permit.access == Access::user || permit.access == Access::admin) out.insert("404");
  if (spec.max_body > 0) out.insert("413");
  if (spec.takes_idempotency_key) out.insert({"409", "422", "429"});
  return out;
}

TEST_F(OpenApi, ListsTheRefusalsThatFollowFromWhatAnEndpointIs) {
  for_each([&](const std::string&, const Route& route, const Json& operation) {
    if (!route.endpoint) return;
    for (const auto& status : refusals_of(*route.endpoint)) {
      EXPECT_TRUE(operation.at("responses").contains(status)) << status;
    }
  });
}

TEST_F(OpenApi, EnumeratesTheErrorTable) {
  std::vector<std::string> names;
  std::set<std::string> statuses;
  for (const auto& row : core::error_table()) {
    names.emplace_back(row.name);
    statuses.insert(std::to_string(row.http_status));
  }
  EXPECT_THAT(document.at("components").at("schemas").at("ErrorCode").at("enum").get<std::vector<std::string>>(),
              testing::UnorderedElementsAreArray(names));
  for (const auto& [key, operation] : described) {
    for (const auto& [status, response] : operation->at("responses").items()) {
      if (status == "default" || status < "400") continue;
      EXPECT_TRUE(statuses.contains(status)) << key << " " << status;
      EXPECT_TRUE(resolved(response).at("content").contains("application/problem+json")) << key << " " << status;
    }
  }
}

TEST_F(OpenApi, NamesEachOperationOnce) {
  std::set<std::string> names;
  for (const auto& [key, operation] : described) {
    const auto name = operation->at("operationId").get<std::string>();
    EXPECT_TRUE(std::regex_match(name, std::regex("[a-z]+([A-Z][a-z]*)*"))) << name;
    EXPECT_TRUE(names.insert(name).second) << name << " stands twice";
    EXPECT_FALSE(operation->at("summary").get<std::string>().empty()) << key;
  }
}

// Every "$ref" in the document.
void collect_references(const Json& value, std::set<std::string>& out) {
  if (const auto ref = value.is_object() ? value.find("$ref") : value.end(); value.is_object() && ref != value.end()) {
    out.insert(ref->get<std::string>());
  }
  for (const auto& part : value) {
    if (part.is_structured()) collect_references(part, out);
  }
}

TEST_F(OpenApi, RefersOnlyToWhatIsThere) {
  std::set<std::string> references;
  collect_references(document, references);
  ASSERT_FALSE(references.empty());
  for (const auto& reference : references) {
    EXPECT_TRUE(document.contains(Json::json_pointer(reference.substr(1)))) << reference;
  }
}

}  // namespace
}  // namespace kith::daemon
