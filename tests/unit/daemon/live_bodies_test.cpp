// The two streams of live transfers as response bodies: chunks go out as they came, one at a time, and no event goes to
// a log-in that has ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>

#include "core/bytes.hpp"
#include "daemon/api/live_event_stream.hpp"
#include "daemon/api/live_json.hpp"
#include "daemon/api/live_stream_body.hpp"

namespace kith::daemon {
namespace {

using assets::LiveEvent;
using assets::LiveItem;
using Status = BodySource::Status;

// A channel with what a test puts into it.
template <class Base, class Item>
class Channel final : public Base {
 public:
  assets::LiveTaken<Item> take() override {
    if (items.empty()) return {.item = {}, .ended = ended};
    ++taken;
    assets::LiveTaken<Item> out{.item = std::move(items.front())};
    items.pop_front();
    return out;
  }
  void on_ready(std::function<void()> wake) override { woken_by = std::move(wake); }
  void leave() override { left = true; }

  std::deque<Item> items;
  std::function<void()> woken_by;
  int taken = 0;
  bool ended = false;
  bool left = false;
};
using Stream = Channel<assets::LiveStream, LiveItem>;
using Events = Channel<assets::LiveEvents, LiveEvent>;

LiveItem chunk(std::uint64_t number, std::string bytes) {
  LiveItem item{.kind = LiveItem::Kind::chunk};
  item.number = number;
  item.bytes = std::move(bytes);
  return item;
}

LiveItem opening() {
  LiveItem item{.kind = LiveItem::Kind::opening};
  item.opening.from = 3;
  item.opening.attempt = 2;
  return item;
}

LiveItem failure() {
  LiveItem item{.kind = LiveItem::Kind::failed};
  item.error = {core::ErrorCode::sender_gone, "gone", {}, {}};
  return item;
}

// All that a source gives until it waits or ends, `room` bytes at a time.
std::string read_all(BodySource& source, std::size_t room, Status& last) {
  std::string out;
  core::Bytes space(room);
  for (;;) {
    const auto result = source.read(space);
    last = result.status;
    if (result.status != Status::data) return out;
    EXPECT_TRUE(result.filled > 0 && result.filled <= room);
    out.append(core::as_text(core::ByteView(space).first(result.filled)));
  }
}

TEST(LiveStreamBody, GivesLinesAndChunksAsTheyAre) {
  const std::string keys(43, 'A');
  const std::string content = "any\nbytes" + std::string(1000, '\0');
  const auto stream = std::make_shared<Stream>();
  stream->items = {opening(),
                   chunk(3, content),
                   {.kind = LiveItem::Kind::sender_away},
                   {.kind = LiveItem::Kind::sender_back},
                   {.kind = LiveItem::Kind::beat},
                   failure()};
  stream->ended = true;
  LiveStreamBody body(stream);
  const std::pair<std::string, std::string> expected[] = {
      {R"({"attempt":2,"chunks":null,"from":3,"mac":")" + keys + R"(","public_key":")" + keys + R"(","salt":")" + keys +
           "\"}\n",
       ""},
      {"{\"chunk\":3,\"bytes\":1009}\n", content},
      {"{\"event\":\"sender_away\"}\n", ""},
      {"{\"event\":\"sender_back\"}\n", ""},
      {"\n", ""},
      {"{\"error\":{\"code\":\"sender_gone\",\"detail\":\"gone\"}}\n", ""}};
  int taken = 0;
  for (const auto& [text, bytes] : expected) {
    const auto given = body.give();
    EXPECT_EQ(given.status, Status::data);
    EXPECT_EQ(given.text, text);
    EXPECT_EQ(given.bytes, bytes);
    EXPECT_EQ(stream->taken, ++taken) << "the others stay where they are";
  }
  EXPECT_EQ(body.give().status, Status::end);
}

TEST(LiveStreamBody, WaitsForTheNextAndLeavesWhenItsClientDoes) {
  const auto stream = std::make_shared<Stream>();
  LiveStreamBody body(stream);
  int woken = 0;
  body.on_ready([&] { ++woken; });
  EXPECT_EQ(body.give().status, Status::pending);
  stream->woken_by();
  EXPECT_EQ(woken, 1);
  EXPECT_FALSE(stream->left);
  body.abandon();
  EXPECT_TRUE(stream->left);
}

TEST(LiveEventStream, TellsWhatComesAndAsksForTheLogInWithEachBeat) {
  const auto events = std::make_shared<Events>();
  int asked = 0;
  LiveEventStream stream(events, [&] { return ++asked > 0; });
  events->items = {{.kind = LiveEvent::Kind::hello}, {.kind = LiveEvent::Kind::beat}};
  events->items.push_back({.kind = LiveEvent::Kind::end, .reason = "closed"});
  Status last{};
  EXPECT_EQ(read_all(stream, 5, last),
            "retry: 2000\nevent: hello\ndata: {\"requests\":[]}\n\n:\n\nevent: end\ndata: {\"reason\":\"closed\"}\n\n");
  EXPECT_EQ(last, Status::pending);
  EXPECT_EQ(asked, 2);  // at the beginning, and with the beat
  events->ended = true;
  EXPECT_TRUE(read_all(stream, 5, last).empty());
  EXPECT_EQ(last, Status::end);
}

TEST(LiveEventStream, TellsALogInThatHasEndedNothing) {
  const auto events = std::make_shared<Events>();
  bool good = true;
  LiveEventStream stream(events, [&] { return good; });
  int woken = 0;
  stream.on_ready([&] { ++woken; });
  Status last{};
  EXPECT_EQ(read_all(stream, 100, last), "retry: 2000\n");
  good = false;
  stream.check();
  EXPECT_EQ(woken, 1);
  events->items.push_back({.kind = LiveEvent::Kind::end, .reason = "closed"});
  EXPECT_TRUE(read_all(stream, 100, last).empty());
  EXPECT_EQ(last, Status::end);
  EXPECT_TRUE(events->left);
}

TEST(LiveEventStream, AsksBeforeItsFirstByte) {
  const auto events = std::make_shared<Events>();
  LiveEventStream stream(events, [] { return false; });
  Status last{};
  EXPECT_TRUE(read_all(stream, 100, last).empty());
  EXPECT_EQ(last, Status::end);
}

// Numbers in addresses: each has one way to be written.
TEST(LiveJson, ReadsNumbersStrictly) {
  EXPECT_EQ(live_chunk_number("0", "n").value(), 0U);
  EXPECT_EQ(live_chunk_number("34359738369", "n").value(), (std::uint64_t{1} << 35) + 1);
  EXPECT_EQ(live_attempt("2147483647").value(), 2147483647);
  for (const auto* wrong : {"", "01", "+1", "-1", " 1", "1 ", "1.0", "0x1", "34359738370", "99999999999999999999"})
    EXPECT_FALSE(live_chunk_number(wrong, "n")) << wrong;
  for (const auto* wrong : {"2147483648", "-1", "00"}) EXPECT_FALSE(live_attempt(wrong)) << wrong;
}

}  // namespace
}  // namespace kith::daemon
