#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "federation/wire/complete.hpp"
#include "federation/wire/discovery.hpp"
#include "federation/wire/exchange.hpp"
#include "federation/wire/init.hpp"
#include "federation/wire/poll.hpp"
#include "federation/wire/verify.hpp"
#include "tests/unit/federation/handshake_run.hpp"

namespace kith::federation::wire {
namespace {

using test::HandshakeRun;
using test::must;
using Json = nlohmann::json;

// A message kind: a full example, which of its fields may be absent, and its parser.
struct Kind {
  std::string name;
  std::string example;
  std::vector<std::string> optional;
  std::function<bool(std::string_view)> parses;
  std::function<std::string(std::string_view)> again;  // parse, then serialise
};

template <class Message>
Kind kind(std::string name, std::string example, std::vector<std::string> optional = {}) {
  return {std::move(name), std::move(example), std::move(optional),
          [](std::string_view body) { return Message::parse(body).has_value(); },
          [](std::string_view body) { return must(Message::parse(body)).serialise(); }};
}

KeyStatement statement() {
  return make_key_statement(test::domain("a.example"), 1, test::signing_key(0), test::signing_key(1),
                            test::some_time());
}

std::vector<Kind> kinds() {
  const HandshakeRun run({.with_invite = true});
  auto init = must(InitRequest::parse(run.init.body));
  init.key_statements.push_back(statement());
  auto init_answer = must(InitAnswer::parse(run.init_answer.body));
  init_answer.key_statements.push_back(statement());
  const PollRequest poll{init.handshake_id, init.initiator, std::chrono::seconds{30}, run.exchange_answer};
  const PollAnswer poll_answer{init.handshake_id, PollStatus::decided, run.exchange};
  const DiscoveryDocument discovery{
      test::domain("a.example"), test::signing_key(1).public_key(), "Alice's server", "kith/0.1.0", {statement()}};
  return {kind<InitRequest>("init", init.serialise(), {"invite", "key_statements"}),
          kind<InitAnswer>("init answer", init_answer.serialise(), {"key_statements"}),
          kind<ExchangeRequest>("exchange", run.exchange.body),
          kind<ExchangeAnswer>("exchange answer", run.exchange_answer.body),
          kind<VerifyRequest>("verify", run.verify.body),
          kind<VerifyAnswer>("verify answer", run.verify_answer.body),
          kind<CompleteRequest>("complete", run.complete.body),
          kind<CompleteAnswer>("complete answer", run.complete_answer.body),
          kind<PollRequest>("poll", poll.serialise()),
          kind<PollAnswer>("poll answer", poll_answer.serialise()),
          kind<DiscoveryDocument>("discovery", discovery.serialise(), {"key_statements"})};
}

TEST(WireMessage, ComesBackAsItWas) {
  for (const auto& kind : kinds()) EXPECT_EQ(kind.again(kind.example), kind.example) << kind.name;
}

TEST(WireMessage, IgnoresUnknownFields) {
  for (const auto& kind : kinds()) {
    auto object = Json::parse(kind.example);
    object["later"] = {{"a", {1, 2, 3}}};
    EXPECT_TRUE(kind.parses(object.dump())) << kind.name;
  }
}

TEST(WireMessage, NeedsEveryFieldButTheOptionalOnes) {
  for (const auto& kind : kinds()) {
    const auto object = Json::parse(kind.example);
    for (const auto& [field, value] : object.items()) {
      auto without = object;
      without.erase(field);
      const bool optional = std::ranges::find(kind.optional, field) != kind.optional.end();
      EXPECT_EQ(kind.parses(without.dump()), optional) << kind.name << " without " << field;
    }
  }
}

TEST(WireMessage, RefusesWrongTypesAndNullEverywhere) {
  const std::vector<Json> wrongs{
      nullptr, true, 7, 1.5, -1, "", "?", Json::array({1}), Json::array({nullptr}), Json::object({{"a", 1}})};
  for (const auto& kind : kinds()) {
    const auto object = Json::parse(kind.example);
    for (const auto& [field, value] : object.items()) {
      for (const auto& wrong : wrongs) {
        // What the field allows: any short text, any number of seconds, a list of other protocols no.
        if (wrong.is_string() && (field == "purpose" || field == "name" || field == "software")) continue;
        if (wrong == Json(7) && field == "wait") continue;
        auto changed = object;
        changed[field] = wrong;
        EXPECT_FALSE(kind.parses(changed.dump())) << kind.name << ": " << changed.dump();
      }
    }
  }
}

TEST(WireMessage, RefusesNonCanonicalBinaryFields) {
  const std::vector<std::string> binary{"handshake_id", "initiator_key",     "responder_key",   "commitment",
                                        "instance_key", "transcript",        "nonce",           "sealed",
                                        "signature",    "confirmation",      "acknowledgment",  "request",
                                        "answer",       "request_signature", "answer_signature"};
  for (const auto& kind : kinds()) {
    const auto object = Json::parse(kind.example);
    for (const auto& field : binary) {
      if (!object.contains(field)) continue;
      const auto good = object[field].get<std::string>();
      const bool any_size = field == "sealed" || field == "request" || field == "answer";
      std::vector<std::string> wrongs{good + "=",
                                      good + "==",
                                      " " + good,
                                      good + "\n",
                                      good.substr(0, good.size() - 1) + "+",
                                      good.substr(0, good.size() - 1) + "/",
                                      "!" + good.substr(1)};
      if (!any_size) {
        wrongs.push_back(good.substr(1));
        wrongs.push_back(good + "A");
        wrongs.push_back(good.substr(4));
        wrongs.push_back(good + "AAAA");
      }
      for (const auto& wrong : wrongs) {
        auto changed = object;
        changed[field] = wrong;
        EXPECT_FALSE(kind.parses(changed.dump())) << kind.name << " " << field << " " << wrong;
      }
    }
  }
}

TEST(WireMessage, RefusesUnusedBitsInBase64url) {
  const HandshakeRun run;
  auto object = Json::parse(run.complete.body);
  auto text = object["confirmation"].get<std::string>();  // 43 characters: two unused bits
  EXPECT_TRUE(CompleteRequest::parse(object.dump()));
  text.back() = static_cast<char>(text.back() + 1);
  object["confirmation"] = text;
  EXPECT_FALSE(CompleteRequest::parse(object.dump()));
}

TEST(WireMessage, RefusesDuplicateKeysTrailingTextAndBrokenJson) {
  for (const auto& kind : kinds()) {
    const auto& good = kind.example;
    const auto first_comma = good.find(',');
    const auto first_field = good.substr(1, first_comma - 1);
    for (const auto& wrong :
         {"{" + first_field + "," + good.substr(1), good + "x", good + good, "[" + good + "]",
          good.substr(0, good.size() - 1), "{\"x\":1,\"x\":2," + good.substr(1),
          "{\"x\":{\"y\":1,\"y\":1}," + good.substr(1), "{\"x\":\"\xFF\"," + good.substr(1),
          "{\"x\":\"\\ud800\"," + good.substr(1), "{\"x\":NaN," + good.substr(1), "{/**/" + good.substr(1)}) {
      EXPECT_FALSE(kind.parses(wrong)) << kind.name << ": " << wrong.substr(0, 40);
    }
  }
}

TEST(WireMessage, RefusesBodiesAboveTheLimit) {
  for (const auto& kind : kinds()) {
    EXPECT_FALSE(kind.parses("{\"x\":\"" + std::string(64 * 1024, 'a') + "\"," + kind.example.substr(1))) << kind.name;
  }
  const auto body = HandshakeRun().exchange.body;
  EXPECT_FALSE(ExchangeRequest::parse("{\"x\":\"" + std::string(16 * 1024, 'a') + "\"," + body.substr(1)));
}

TEST(WireMessage, RefusesTimesThatAreNotMillisecondsUtc) {
  const auto body = HandshakeRun().verify.body;
  for (const auto* wrong : {"2026-11-20T13:15:02Z", "2026-11-20T13:15:02.12Z", "2026-11-20T13:15:02.1234Z",
                            "2026-11-20t13:15:02.123Z", "2026-11-20T13:15:02.123z", "2026-11-20T13:15:02.123+00:00",
                            "2026-02-30T13:15:02.123Z", "2026-11-20T24:00:00.000Z", "2026-11-20T13:15:60.000Z", ""}) {
    auto object = Json::parse(body);
    object["timestamp"] = wrong;
    EXPECT_FALSE(VerifyRequest::parse(object.dump())) << wrong;
  }
}

TEST(InitRequest, LimitsThePurposeInCodePointsAndRefusesControlCharacters) {
  auto object = Json::parse(HandshakeRun().init.body);
  const auto takes = [&](const std::string& purpose) {
    object["purpose"] = purpose;
    return InitRequest::parse(object.dump()).has_value();
  };
  std::string emoji;
  for (int i = 0; i < 280; ++i) emoji += "\xF0\x9F\x98\x80";
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes(std::string(280, 'x')));
  EXPECT_TRUE(takes(emoji));
  EXPECT_TRUE(takes("\xC2\xA0 no-break space"));
  EXPECT_FALSE(takes(std::string(281, 'x')));
  EXPECT_FALSE(takes(emoji + "x"));
  for (const auto* control : {"a\nb", "a\tb", "\x1B[2J", "\x7F", "\xC2\x85", "\xC2\x9F"}) EXPECT_FALSE(takes(control));
  EXPECT_FALSE(takes(std::string("a\0b", 3)));
}

TEST(InitRequest, SpeaksOnlyKith1) {
  auto object = Json::parse(HandshakeRun().init.body);
  for (const auto* other : {"kith/2", "kith/1 ", "KITH/1", "kith"}) {
    object["protocol"] = other;
    EXPECT_FALSE(InitRequest::parse(object.dump())) << other;
  }
}

TEST(ExchangeRequest, ARejectionHasNoNonceAndNothingSealed) {
  auto object = Json::parse(HandshakeRun().exchange.body);
  object["approval"] = "rejected";
  EXPECT_FALSE(ExchangeRequest::parse(object.dump()));
  object.erase("nonce");
  EXPECT_FALSE(ExchangeRequest::parse(object.dump()));
  object.erase("sealed");
  EXPECT_TRUE(ExchangeRequest::parse(object.dump()));
  object["approval"] = "perhaps";
  EXPECT_FALSE(ExchangeRequest::parse(object.dump()));
}

TEST(PollAnswer, HasARequestWithDecidedAndOnlyThen) {
  const HandshakeRun run;
  PollAnswer answer{run.b_awaiting->parties.handshake_id, PollStatus::decided, run.exchange};
  EXPECT_TRUE(PollAnswer::parse(answer.serialise()));
  answer.status = PollStatus::accepted;
  EXPECT_FALSE(PollAnswer::parse(answer.serialise()));
  answer.request.reset();
  EXPECT_TRUE(PollAnswer::parse(answer.serialise()));
  answer.status = PollStatus::decided;
  EXPECT_FALSE(PollAnswer::parse(answer.serialise()));
}

TEST(PollRequest, WaitsAtMost30Seconds) {
  const HandshakeRun run;
  PollRequest poll{
      run.b_awaiting->parties.handshake_id, run.b_awaiting->parties.initiator, std::chrono::seconds{31}, {}};
  EXPECT_FALSE(PollRequest::parse(poll.serialise()));
  poll.wait = std::chrono::seconds{30};
  EXPECT_TRUE(PollRequest::parse(poll.serialise()));
}

TEST(DiscoveryDocument, MustOfferKith1) {
  auto object = Json::parse(kinds().back().example);
  object["protocols"] = {"kith/2", "kith/1"};
  EXPECT_TRUE(DiscoveryDocument::parse(object.dump()));
  object["protocols"] = {"kith/2"};
  EXPECT_FALSE(DiscoveryDocument::parse(object.dump()));
  object["protocols"] = std::vector<std::string>(17, "kith/1");
  EXPECT_FALSE(DiscoveryDocument::parse(object.dump()));
}

TEST(DiscoveryDocument, ItsStatementsMustLeadToItsKey) {
  auto object = Json::parse(kinds().back().example);
  object["instance_key"] = core::to_base64url(test::signing_key(7).public_key().view());
  const auto wrong = DiscoveryDocument::parse(object.dump());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, core::ErrorCode::key_mismatch);
  object["instance_key"] = core::to_base64url(InstanceKey{}.view());
  object["key_statements"] = Json::array();
  EXPECT_FALSE(DiscoveryDocument::parse(object.dump()));
}

}  // namespace
}  // namespace kith::federation::wire
