#include <gtest/gtest.h>

#include "core/encoding.hpp"
#include "federation/session/answer_source.hpp"
#include "federation/session/auth_message.hpp"
#include "federation/session/content_range.hpp"
#include "federation/session/direct_mac.hpp"
#include "federation/session/pace.hpp"
#include "federation/session/replay_window.hpp"
#include "federation/session/sealed_frames.hpp"
#include "federation/session/sealed_request.hpp"
#include "tests/support/fake_clock.hpp"

namespace kith::federation {
namespace {

using core::AeadCipher;
using core::ErrorCode;

core::AeadKey key(std::uint8_t byte) {
  core::AeadKey out;
  std::ranges::fill(out.writable(), byte);
  return out;
}
SessionId session(std::uint8_t byte = 5) {
  SessionId id;
  id.data.fill(byte);
  return id;
}

TEST(ReplayWindow, RejectsCounterSeenBefore) {
  ReplayWindow window;
  EXPECT_TRUE(window.mark(0));
  EXPECT_FALSE(window.mark(0));
  EXPECT_TRUE(window.mark(5));
  EXPECT_TRUE(window.mark(3));
  EXPECT_FALSE(window.mark(3));
  EXPECT_FALSE(window.mark(5));
}

TEST(ReplayWindow, RejectsCounterBelowTheWindow) {
  ReplayWindow window;
  ASSERT_TRUE(window.mark(10'000));
  EXPECT_FALSE(window.is_fresh(10'000 - kReplayWindow));
  EXPECT_TRUE(window.mark(10'001 - kReplayWindow));
  EXPECT_FALSE(window.mark(10'001 - kReplayWindow));
  ASSERT_TRUE(window.mark(10'001));
  EXPECT_FALSE(window.mark(10'001 - kReplayWindow));
}

TEST(ReplayWindow, ForgetsOnlyWhatLeftTheWindow) {
  ReplayWindow window;
  for (std::uint64_t i = 0; i < 5'000; i += 2) ASSERT_TRUE(window.mark(i));
  for (std::uint64_t i = 4'998; i + kReplayWindow > 4'998; --i) EXPECT_EQ(window.is_fresh(i), i % 2 == 1) << i;
}

TEST(ReplayWindow, HasNoPlaceForTheLastCounter) {
  ReplayWindow window;
  EXPECT_FALSE(window.mark(UINT64_MAX));
  EXPECT_TRUE(window.mark(UINT64_MAX - 1));
  EXPECT_FALSE(window.mark(UINT64_MAX - 1));
}

TEST(AuthMessage, ParsesWhatItRenders) {
  AuthRequest request{.connection_id = {},
                      .from = "a@a.example",
                      .to = "b@b.example",
                      .epoch = 3,
                      .peer_epoch = 4,
                      .session_key = {},
                      .ephemeral_key = {},
                      .aes = true,
                      .timestamp = core::from_unix_ms(1'000)};
  EXPECT_EQ(parse_auth_request(render_auth_request(request)).value(), request);
  AuthAnswer answer;
  answer.expires_at = core::from_unix_ms(5);
  EXPECT_EQ(parse_auth_answer(render_auth_answer(answer)).value(), answer);
  answer.tls_spki = core::sha256({});
  answer.cipher = AeadCipher::aes256gcm;
  EXPECT_EQ(parse_auth_answer(render_auth_answer(answer)).value(), answer);
}

TEST(AuthMessage, AesOnlyIfBothHaveIt) {
  EXPECT_EQ(choose_cipher(true, true), AeadCipher::aes256gcm);
  EXPECT_EQ(choose_cipher(true, false), AeadCipher::chacha20poly1305);
  EXPECT_EQ(choose_cipher(false, true), AeadCipher::chacha20poly1305);
}

class SealedWith : public testing::TestWithParam<AeadCipher> {};
INSTANTIATE_TEST_SUITE_P(Ciphers, SealedWith, testing::Values(AeadCipher::aes256gcm, AeadCipher::chacha20poly1305));

TEST_P(SealedWith, RequestOpensOnlyAsItWasSealed) {
  core::Aead aead(GetParam(), key(1));
  const std::string sealed =
      seal_request(aead, session(), 9, {"POST", "/api/private/v1/revoke", {{"accept", "*/*"}}, "{}"}).value();
  const auto opens = [&](std::string text, SessionId id, std::uint64_t counter, std::uint8_t with) {
    core::Aead other(GetParam(), key(with));
    core::Bytes bytes = core::to_bytes(core::as_bytes(text));
    return open_request(other, id, counter, bytes).has_value();
  };
  EXPECT_TRUE(opens(sealed, session(), 9, 1));
  EXPECT_FALSE(opens(sealed, session(), 10, 1));
  EXPECT_FALSE(opens(sealed, session(6), 9, 1));
  EXPECT_FALSE(opens(sealed, session(), 9, 2));
  EXPECT_FALSE(opens("", session(), 9, 1));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(opens(flipped, session(), 9, 1)) << bit;
  }
}

TEST(SealedRequest, TargetsOutsideThePrivateApiAreRefused) {
  for (const auto* target :
       {"/api/private/v1/assets", "/api/private/v1/assets?name=%2F..", "/api/private/v1/sealedx"}) {
    EXPECT_TRUE(check_inner_target(target)) << target;
  }
  for (const auto* target : {"/api/private/v1/sealed", "/api/private/v1/sealed?x", "/api/private/v1/../v2/x",
                             "/api/private/v1/a/.", "/api/private/v1/a%2Fb", "/api/private/v1/%2e%2e/x",
                             "/api/private/v1/a//b", "/api/private/v1/a b", "/api/assets", "api/private/v1/x",
                             "/api/private/v1/x#y", "/api/private/v1/SEALED", "http://x/api/private/v1/x", ""}) {
    EXPECT_FALSE(check_inner_target(target)) << target;
  }
}

TEST(SealedRequest, InnerRequestIsCheckedFieldByField) {
  EXPECT_TRUE(parse_inner_request(R"({"method":"GET","target":"/api/private/v1/assets"})"));
  for (const auto* text :
       {R"({"target":"/api/private/v1/assets"})", R"({"method":"GET"})", R"({"method":"GET","target":"/x"})",
        R"({"method":"GET","target":"/api/private/v1/a","headers":{"cookie":"x"}})",
        R"({"method":"GET","target":"/api/private/v1/a","headers":{"Range":"x"}})",
        R"({"method":"GET","target":"/api/private/v1/a","headers":{"range":1}})",
        R"({"method":"GET","target":"/api/private/v1/a","headers":{"range":"a\r\nb"}})",
        R"({"method":"GET","target":"/api/private/v1/a","headers":[]})",
        R"({"method":"GET","target":"/api/private/v1/a","body":"="})",
        R"({"method":"GET","method":"GET","target":"/api/private/v1/a"})"}) {
    EXPECT_FALSE(parse_inner_request(text)) << text;
  }
}

// What came out of a reader.
class Collected final : public AnswerSink {
 public:
  bool head(const AnswerHead& head) override {
    heads.push_back(head);
    return true;
  }
  std::span<std::uint8_t> borrow() override { return space_; }
  bool deliver(std::size_t size) override {
    content += core::as_text(core::ByteView(space_).first(size));
    return true;
  }
  std::vector<AnswerHead> heads;
  std::string content;

 private:
  core::Bytes space_ = core::Bytes(kMaxFrame);
};

struct Answer {
  std::vector<std::string> frames;
  std::string body() const {
    std::string all;
    for (const auto& frame : frames) all += frame;
    return all;
  }
};

Answer answer_of(AeadCipher cipher, const std::vector<std::string>& pieces, std::uint64_t counter = 4) {
  SealedFrameWriter writer(core::Aead(cipher, key(2)), session(), counter);
  const std::string head = render_answer_head({200, {{"etag", "\"x\""}}});
  Answer answer;
  const auto put = [&](std::string_view text, bool last) {
    answer.frames.emplace_back(core::as_text(writer.frame_of(core::as_bytes(text), last)));
  };
  put(head, pieces.empty());
  for (std::size_t i = 0; i < pieces.size(); ++i) put(pieces[i], i + 1 == pieces.size());
  return answer;
}

// True if `body`, taken `step` bytes at a time, is a whole answer. What was delivered is in `out`.
bool is_whole(AeadCipher cipher, std::string_view body, Collected& out, std::size_t step = 7, std::uint64_t counter = 4,
              std::uint8_t with = 2, SessionId id = session()) {
  SealedFrameReader reader(core::Aead(cipher, key(with)), id, counter, out);
  for (std::size_t from = 0; from < body.size(); from += step) {
    if (!reader.take(core::as_bytes(body.substr(from, step)))) return false;
  }
  return reader.finish().has_value();
}

TEST_P(SealedWith, AnswerIsReadInPiecesOfAnySize) {
  const auto answer = answer_of(GetParam(), {"first", std::string(kMaxFramePlain, 'x'), "last"});
  for (const std::size_t step : {1u, 3u, 4u, 5u, 1000u, 300'000u}) {
    Collected out;
    EXPECT_TRUE(is_whole(GetParam(), answer.body(), out, step)) << step;
    EXPECT_EQ(out.content.size(), 9 + kMaxFramePlain);
    EXPECT_EQ(out.heads.size(), 1u);
  }
}

TEST_P(SealedWith, BodylessAnswerEndsWithItsHead) {
  Collected out;
  EXPECT_TRUE(is_whole(GetParam(), answer_of(GetParam(), {}).body(), out));
  EXPECT_EQ(out.heads.at(0).status, 200);
}

TEST_P(SealedWith, AnyFlippedBitFails) {
  const std::string body = answer_of(GetParam(), {"first", "second"}).body();
  for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
    std::string flipped = body;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    Collected out;
    EXPECT_FALSE(is_whole(GetParam(), flipped, out)) << bit;
    EXPECT_TRUE(std::string("firstsecond").starts_with(out.content)) << bit;
  }
}

TEST_P(SealedWith, CutAnswerFailsAtEveryLength) {
  const std::string body = answer_of(GetParam(), {"first", "second"}).body();
  for (std::size_t size = 0; size < body.size(); ++size) {
    Collected out;
    EXPECT_FALSE(is_whole(GetParam(), std::string_view(body).substr(0, size), out)) << size;
  }
}

TEST_P(SealedWith, ReorderedRepeatedAndMissingFramesFail) {
  const auto frames = answer_of(GetParam(), {"one", "two", "thr", "end"}).frames;
  using Order = std::vector<std::size_t>;
  for (const Order& order :
       {Order{0, 2, 1, 3, 4}, Order{0, 1, 1, 2, 3, 4}, Order{0, 2, 3, 4}, Order{0, 1, 2, 4}, Order{1, 0, 2, 3, 4},
        Order{0, 1, 2, 3}, Order{0, 1, 2, 3, 4, 4}, Order{0, 0, 1, 2, 3, 4}}) {
    Answer mixed;
    for (const auto index : order) mixed.frames.push_back(frames[index]);
    Collected out;
    EXPECT_FALSE(is_whole(GetParam(), mixed.body(), out));
    EXPECT_TRUE(std::string("onetwothrend").starts_with(out.content));
  }
}

TEST_P(SealedWith, AnswerOfAnotherRequestSessionOrKeyFails) {
  const std::string body = answer_of(GetParam(), {"content"}).body();
  Collected out;
  EXPECT_FALSE(is_whole(GetParam(), body, out, 7, 5));
  EXPECT_FALSE(is_whole(GetParam(), body, out, 7, 4, 1));
  EXPECT_FALSE(is_whole(GetParam(), body, out, 7, 4, 2, session(6)));
  EXPECT_EQ(out.heads.size(), 0u);
}

TEST(SealedFrames, BadLengthsAreRefusedBeforeMemoryIsTaken) {
  for (const std::string_view length : {std::string_view("\xff\xff\xff\xff", 4), std::string_view("\0\0\0\x10", 4),
                                        std::string_view("\0\0\0\0", 4), std::string_view("\0\x04\0\x11", 4)}) {
    Collected out;
    SealedFrameReader reader(core::Aead(AeadCipher::aes256gcm, key(2)), session(), 4, out);
    EXPECT_FALSE(reader.take(core::as_bytes(length)));
    EXPECT_FALSE(reader.take(core::as_bytes("more")));
  }
}

// The bound is the JSON's: sealed, a frame is longer by its tag.
TEST(SealedFrames, TheHeadMayBeAsLongAsItsLimit) {
  const auto opens = [](std::size_t size) {
    std::string head = render_answer_head({200, {{"etag", ""}}});
    head.insert(head.find(R"("")") + 1, size - head.size(), 'x');
    SealedFrameWriter writer(core::Aead(AeadCipher::chacha20poly1305, key(2)), session(), 4);
    const auto frame = writer.frame_of(core::as_bytes(head), true);
    Collected out;
    return is_whole(AeadCipher::chacha20poly1305, core::as_text(frame), out, 1000);
  };
  EXPECT_TRUE(opens(kMaxFrameZero));
  EXPECT_FALSE(opens(kMaxFrameZero + 1));
}

// Content whose disk fails once, after some bytes of a piece were read.
struct FailingContent final : SharedContent {
  std::uint64_t size() const override { return 1'000; }
  core::Expected<std::size_t> read(std::uint64_t, std::span<std::uint8_t> out) override {
    if (++reads == 2) return core::fail(ErrorCode::internal, "the disk failed");
    const auto size = std::min<std::size_t>(out.size(), 10);
    std::fill_n(out.begin(), size, std::uint8_t{'P'});
    return size;
  }
  int reads = 0;
};

TEST(AnswerSource, StaysFailedAndHandsOutNoPlaintext) {
  for (const std::size_t room : {std::size_t{50}, std::size_t{4'096}}) {  // a frame that is kept, one made in place
    const auto cut = std::make_shared<std::atomic<bool>>(false);
    GuardedContent content({std::make_shared<FailingContent>(), 0, 1'000, {}, {}}, cut, [] { return true; });
    SealedFrameWriter writer(core::Aead(AeadCipher::chacha20poly1305, key(2)), session(), 4);
    SealedAnswerSource source(std::move(writer), {200, {}}, std::move(content));
    bool failed = false;
    for (int i = 0; i < 100; ++i) {
      core::Bytes space(room, 0);
      const auto [status, filled] = source.read(space);
      EXPECT_FALSE(failed && status != ByteSource::Status::failed);
      failed = failed || status == ByteSource::Status::failed;
      EXPECT_EQ(core::as_text(space).find("PPPPPPPP"), std::string_view::npos);
    }
    EXPECT_TRUE(failed);
  }
}

TEST(AnswerSource, ACutTransferStaysCut) {
  const auto cut = std::make_shared<std::atomic<bool>>(false);
  bool allowed = false;
  GuardedContent content({std::make_shared<FailingContent>(), 0, 10, {}, {}}, cut, [&] { return allowed; });
  DirectAnswerSource source(std::move(content));
  core::Bytes space(10);
  EXPECT_EQ(source.read(space).status, ByteSource::Status::failed);
  allowed = true;
  EXPECT_EQ(source.read(space).status, ByteSource::Status::failed);
}

TEST(Pace, CountsOnlyTheTimeThePeerIsWaitedFor) {
  test::FakeClock clock;
  Pace pace(clock);
  for (int i = 0; i < 10; ++i) {
    clock.advance(std::chrono::seconds(5));
    pace.came(100);
    clock.advance(std::chrono::hours(1));  // the reader took its time
    pace.used();
    EXPECT_FALSE(pace.is_too_slow());
  }
  clock.advance(std::chrono::milliseconds(9'999));
  EXPECT_FALSE(pace.is_too_slow());
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(pace.is_too_slow());
}

TEST(Pace, EachStretchCountsForItself) {
  test::FakeClock clock;
  Pace pace(clock);
  clock.advance(kPaceStretch);
  pace.came(60 * 1024);
  pace.used();
  EXPECT_FALSE(pace.is_too_slow());
  clock.advance(kPaceStretch);
  pace.came(60 * 1024 - 1);
  EXPECT_TRUE(pace.is_too_slow());
}

TEST(DirectMac, EveryFieldCounts) {
  const SessionMacKey mac_key;
  const DirectRequestFields fields{"GET", "/t", "bytes=0-1", "\"e\"", "body"};
  const auto right = direct_request_mac(mac_key, session(), 1, fields);
  const auto differs = [&](const DirectRequestFields& other, std::uint64_t counter = 1, SessionId id = session()) {
    return !core::mac_equal(right, direct_request_mac(mac_key, id, counter, other));
  };
  EXPECT_FALSE(differs(fields));
  EXPECT_TRUE(differs({"PUT", "/t", "bytes=0-1", "\"e\"", "body"}));
  EXPECT_TRUE(differs({"GET", "/u", "bytes=0-1", "\"e\"", "body"}));
  EXPECT_TRUE(differs({"GET", "/t", "bytes=0-2", "\"e\"", "body"}));
  EXPECT_TRUE(differs({"GET", "/t", "bytes=0-1", "", "body"}));
  EXPECT_TRUE(differs({"GET", "/t", "bytes=0-1", "\"e\"", "bodY"}));
  EXPECT_TRUE(differs(fields, 2));
  EXPECT_TRUE(differs(fields, 1, session(6)));
  const auto answer = direct_answer_mac(mac_key, session(), 1, {200, "t", "1", "r", "e", "d"});
  for (const DirectAnswerFields& other : std::vector<DirectAnswerFields>{{201, "t", "1", "r", "e", "d"},
                                                                         {200, "u", "1", "r", "e", "d"},
                                                                         {200, "t", "2", "r", "e", "d"},
                                                                         {200, "t", "1", "s", "e", "d"},
                                                                         {200, "t", "1", "r", "f", "d"},
                                                                         {200, "t", "1", "r", "e", "x"}}) {
    EXPECT_FALSE(core::mac_equal(answer, direct_answer_mac(mac_key, session(), 1, other)));
  }
}

TEST(ContentRange, GivesThePartAskedFor) {
  const auto part = [](std::string_view range, std::uint64_t size) {
    const auto found = evaluate_range(range, size);
    return found ? std::pair(found->offset, found->length) : std::pair<std::uint64_t, std::uint64_t>(0, 0);
  };
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(part("bytes=0-9", 100), Pair(0, 10));
  EXPECT_EQ(part("bytes=90-", 100), Pair(90, 10));
  EXPECT_EQ(part("bytes=90-1000", 100), Pair(90, 10));
  EXPECT_EQ(part("bytes=-5", 100), Pair(95, 5));
  EXPECT_EQ(part("bytes=-500", 100), Pair(0, 100));
  EXPECT_EQ(evaluate_range(std::nullopt, 0)->whole, true);
  EXPECT_EQ(evaluate_range("bytes=100-", 100).error().code, ErrorCode::range_not_satisfiable);
  EXPECT_EQ(evaluate_range("bytes=0-0", 0).error().code, ErrorCode::range_not_satisfiable);
  for (const auto* bad : {"bytes=5-4", "bytes=a-b", "bytes=0-1,3-4", "items=0-1", "bytes=", "bytes=-", "bytes=1"}) {
    EXPECT_EQ(evaluate_range(bad, 100).error().code, ErrorCode::bad_request) << bad;
  }
}

TEST(ContentRange, MoreThanAGibibyteNeedsARange) {
  EXPECT_TRUE(evaluate_range(std::nullopt, kMaxContentRange));
  EXPECT_EQ(evaluate_range(std::nullopt, kMaxContentRange + 1).error().code, ErrorCode::range_required);
  EXPECT_EQ(evaluate_range("bytes=0-", kMaxContentRange + 1).error().code, ErrorCode::range_required);
  EXPECT_TRUE(evaluate_range("bytes=1-", kMaxContentRange + 1));
}

}  // namespace
}  // namespace kith::federation
