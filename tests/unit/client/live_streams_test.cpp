// The two streams of live transfers, whole and byte by byte, and what a hostile server makes of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/limits.hpp"
#include "client/live_chunks.hpp"
#include "client/live_events.hpp"
#include "client/live_lines.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;
using testing::ElementsAre;

const std::string kId = "01j9z3v7k2m4n6p8q0r2s4t6v8";
const std::string kKey(43, 'A');  // 32 zero bytes

// What the readers made of it, as text.
struct Seen {
  std::vector<std::string> seen;
  ErrorCode code = ErrorCode::count_;  // none
  std::string detail;
};

struct Names {
  std::vector<std::string>& out;
  void operator()(const LiveHello& it) const { out.push_back("hello " + std::to_string(it.request_ids.size())); }
  void operator()(const LiveWanted& it) const {
    out.push_back("wanted " + it.request_id + " " + std::to_string(it.file) + " from " + std::to_string(it.from) +
                  " attempt " + std::to_string(it.attempt));
  }
  void operator()(const LiveResume& it) const {
    out.push_back("resume from " + std::to_string(it.from) + " attempt " + std::to_string(it.attempt));
  }
  void operator()(const LivePaused&) const { out.push_back("paused"); }
  void operator()(const LiveReceived&) const { out.push_back("received"); }
  void operator()(const LiveCancelled& it) const { out.push_back("cancelled " + it.reason); }
  void operator()(const LiveOver& it) const { out.push_back("over " + it.reason); }
};

Seen events_of(std::string_view stream, std::size_t piece) {
  Seen result;
  LiveEventReader reader([&](LiveNotice notice) -> Expected<void> {
    std::visit(Names{result.seen}, notice);
    return {};
  });
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    const auto read = reader.read(stream.substr(0, piece));
    if (read) continue;
    result.code = read.error().code;
    break;
  }
  return result;
}

class Recorder final : public LiveTaker {
 public:
  Expected<void> take_opening(const LiveOpening& opening) override {
    const auto chunks = opening.terms.chunks ? std::to_string(*opening.terms.chunks) : "?";
    seen.push_back("opening of " + chunks + " from " + std::to_string(opening.terms.from));
    return {};
  }
  Expected<void> take_chunk(std::uint64_t number, core::Bytes& sealed) override {
    seen.push_back("chunk " + std::to_string(number) + " " + std::string(core::as_text(sealed)));
    if (number == 666) return core::fail(ErrorCode::not_authentic, "no");
    core::Bytes other(3);
    sealed.swap(other);  // as a taker may
    return {};
  }
  Expected<void> take_sender(bool is_here) override {
    seen.push_back(is_here ? "sender back" : "sender away");
    return {};
  }
  std::vector<std::string> seen;
};

Seen lines_of(std::string_view stream, std::size_t piece) {
  Recorder recorder;
  LiveLineReader reader(recorder);
  Seen result;
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
    const auto read = reader.read(core::as_bytes(stream.substr(0, piece)));
    if (read) continue;
    result.code = read.error().code;
    result.detail = read.error().detail;
    break;
  }
  result.seen = recorder.seen;
  return result;
}

std::string event(const std::string& name, const std::string& data) {
  return "event: " + name + "\ndata: " + data + "\n\n";
}

std::string opening(const std::string& chunks, int from) {
  return R"({"public_key":")" + kKey + R"(","mac":")" + kKey + R"(","salt":")" + kKey + R"(","chunks":)" + chunks +
         R"(,"from":)" + std::to_string(from) + R"(,"attempt":1})" + "\n";
}

std::string chunk(int number, const std::string& bytes) {
  return R"({"chunk":)" + std::to_string(number) + R"(,"bytes":)" + std::to_string(bytes.size()) + "}\n" + bytes;
}

std::string with_id(const std::string& rest = "") {
  return R"({"request_id":")" + kId + "\"" + rest + "}";
}

TEST(LiveEventReader, TakesEveryEventInWhateverPiecesItComes) {
  const auto stream =
      ": hello there\r\n\r\n" + event("hello", R"({"requests":[")" + kId + R"("]})") +
      event("request", with_id(R"(,"file":2,"public_key":")" + kKey + R"(","mac":")" + kKey +
                               R"(","from":7,"attempt":1,"new":{})")) +
      "id: 5\r\nevent:paused\r\ndata:" + with_id() + "\r\n\r\n" + "event: resume\rdata: {\"request_id\":\rdata: \"" +
      kId + "\",\"from\":3,\"attempt\":2}\r\r" + event("received", with_id(R"(,"mac":")" + kKey + "\"")) + ":\n\n" +
      event("cancel", with_id(R"(,"reason":"idle")")) + event("end", R"({"reason":"expired"})") + "event: hello\n";
  for (const std::size_t piece : {1u, 2u, 7u, 100'000u}) {
    const auto result = events_of(stream, piece);
    EXPECT_EQ(result.code, ErrorCode::count_) << piece;
    EXPECT_THAT(result.seen, ElementsAre("hello 1", "wanted " + kId + " 2 from 7 attempt 1", "paused",
                                         "resume from 3 attempt 2", "received", "cancelled idle", "over expired"))
        << piece;
  }
}

TEST(LiveEventReader, PassesOverWhatItDoesNotKnow) {
  const auto result =
      events_of("retry: 5\n\ndata: {}\n\n" + event("news", "{}") + event("end", R"({"reason":"x"})"), 5);
  EXPECT_EQ(result.code, ErrorCode::count_);
  EXPECT_THAT(result.seen, ElementsAre("over x"));
}

TEST(LiveEventReader, RefusesWhatMakesNoSense) {
  const auto key = "\"" + kKey + "\"";
  for (const auto& stream : {
           event("hello", "{}"),
           event("hello", "[]"),
           event("hello", "{"),
           event("hello", R"({"requests":[1]})"),
           event("hello", R"({"requests":["../x"]})"),
           event("paused", R"({"request_id":"01"})"),
           event("paused", R"({"request_id":7})"),
           event("received", with_id(R"(,"mac":"AAAA")")),
           event("received", with_id()),
           event("end", R"({"reason":")" + std::string(65, 'x') + "\"}"),
           event("resume", with_id(R"(,"from":-1,"attempt":0)")),
           event("resume", with_id(R"(,"from":1.5,"attempt":0)")),
           event("resume", with_id(R"(,"from":18446744073709551615,"attempt":0)")),
           event("request",
                 with_id(R"(,"file":100,"public_key":)" + key + R"(,"mac":)" + key + R"(,"from":0,"attempt":0)")),
       }) {
    const auto result = events_of(stream, 11);
    EXPECT_EQ(result.code, ErrorCode::peer_error) << stream;
    EXPECT_TRUE(result.seen.empty()) << stream;
  }
}

TEST(LiveEventReader, KeepsNoMoreThanItMust) {
  EXPECT_EQ(events_of(std::string(kMaxLiveEvent + 1, 'x'), 1000).code, ErrorCode::peer_error);
  std::string many = "event: hello\n";
  while (many.size() < 2 * kMaxLiveEvent) many += "data: [[[[[[[[[[[[[[[[[[[[\n";
  EXPECT_EQ(events_of(many, 1000).code, ErrorCode::peer_error);
}

TEST(LiveEventReader, EndsWithWhatItsTakerFailsWith) {
  LiveEventReader reader([](const LiveNotice&) -> Expected<void> { return core::fail(ErrorCode::conflict, "enough"); });
  const auto read = reader.read(event("end", R"({"reason":"closed"})"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().detail, "enough");
}

TEST(LiveLineReader, TakesLinesAndChunksInWhateverPiecesTheyCome) {
  const std::string binary = "\n{}\n\n" + std::string(20, '\xff');
  const auto stream = "\n" + opening("3", 0) + chunk(0, binary) + "\n\n" + R"({"event":"sender_away"})" + "\n" +
                      R"({"event":"sender_back"})" + "\n" + R"({"event":"later"})" + "\n" + R"({"what":1})" + "\n" +
                      opening("null", 1) + chunk(1, std::string(16, 'b')) + chunk(2, std::string(48, 'c'));
  for (const std::size_t piece : {1u, 2u, 13u, 100'000u}) {
    const auto result = lines_of(stream, piece);
    EXPECT_EQ(result.code, ErrorCode::count_) << piece;
    EXPECT_THAT(result.seen, ElementsAre("opening of 3 from 0", "chunk 0 " + binary, "sender away", "sender back",
                                         "opening of ? from 1", "chunk 1 " + std::string(16, 'b'),
                                         "chunk 2 " + std::string(48, 'c')))
        << piece;
  }
}

TEST(LiveLineReader, TellsWhatTheStreamEndsWith) {
  const auto result = lines_of(R"({"error":{"code":"sender_gone","detail":"They \u001b[2Jleft."}})" +
                                   std::string("\n") + chunk(0, std::string(20, 'x')),
                               9);
  EXPECT_EQ(result.code, ErrorCode::sender_gone);
  EXPECT_EQ(result.detail, "They  [2Jleft.");
  EXPECT_TRUE(result.seen.empty());
  EXPECT_EQ(lines_of("{\"error\":{\"code\":\"new_one\"}}\n", 9).code, ErrorCode::peer_error);
}

TEST(LiveLineReader, TakesTheLongestChunkAndNoLongerOne) {
  const auto most = static_cast<int>(kLiveSealedPiece);
  const auto longest = chunk(5, std::string(static_cast<std::size_t>(most), 'x'));
  EXPECT_EQ(lines_of(longest, 65'536).seen.size(), 1u);
  for (const int bytes : {0, 15, most + 1, -1}) {
    const auto line = R"({"chunk":0,"bytes":)" + std::to_string(bytes) + "}\n";
    EXPECT_EQ(lines_of(line, 100).code, ErrorCode::peer_error) << bytes;
  }
}

TEST(LiveLineReader, RefusesWhatMakesNoSense) {
  for (const std::string line :
       {"x", "[]", "{", "nonsense", R"({"chunk":0})", R"({"chunk":-1,"bytes":20})", R"({"chunk":"0","bytes":20})",
        R"({"chunk":0,"bytes":99999999999999999999})", R"({"public_key":"AAAA","mac":"","salt":"","from":0})",
        R"({"error":"gone"})", R"({"error":{}})", R"({"a":1,"a":2})", "<html>"}) {
    const auto result = lines_of(line + "\n", 3);
    EXPECT_EQ(result.code, ErrorCode::peer_error) << line;
    EXPECT_TRUE(result.seen.empty()) << line;
  }
  auto negative = opening("3", -1), without = opening("0", 0);
  EXPECT_EQ(lines_of(negative, 50).code, ErrorCode::peer_error);
  EXPECT_EQ(lines_of(without, 50).code, ErrorCode::peer_error);
}

TEST(LiveLineReader, LinesAreBounded) {
  const std::string longest = R"({"x":")" + std::string(4095 - 8, 'x') + R"("})";
  EXPECT_EQ(lines_of(longest + "\n", 1000).code, ErrorCode::count_);
  EXPECT_EQ(lines_of(longest + " \n", 1000).code, ErrorCode::peer_error);
  EXPECT_EQ(lines_of(std::string(5000, ' '), 1).code, ErrorCode::peer_error) << "without waiting for the line's end";
}

TEST(LiveLineReader, EndsWithWhatItsTakerFailsWith) {
  const auto result = lines_of(chunk(666, std::string(20, 'x')) + chunk(667, std::string(20, 'x')), 100'000);
  EXPECT_EQ(result.code, ErrorCode::not_authentic);
  EXPECT_EQ(result.seen.size(), 1u);
}

}  // namespace
}  // namespace kith::client
