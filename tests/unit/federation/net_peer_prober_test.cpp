#include <future>

#include "federation/net/peer_prober.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_peer_network.hpp"
#include "tests/support/temp_dir.hpp"

namespace kith::federation {
namespace {

TEST(PeerProber, FindsOutThatAPeerIsBack) {
  test::TempDir folder;
  test::FakeClock clock;
  auto database = std::move(*storage::Database::open(folder / "kith.db"));
  test::FakePeerNetwork network;
  const auto transport = network.transport_of("a.example");
  PeerDoor door(*transport, *database, clock, {}, core::Logger::none());
  PeerCall call;
  call.target = "/x";
  EXPECT_FALSE(door.call("b.example", call));
  EXPECT_FALSE(door.call("b.example", call));  // the second in a row: left alone now

  std::promise<void> probed;
  std::once_flag once;
  network.attach("b.example", {[&](const test::FakeArrival&) {
                                 std::call_once(once, [&] { probed.set_value(); });
                                 return test::FakeAnswer{};
                               },
                               TlsFacts{true, true, {}}});
  clock.advance(net_limits::kFastBackOffLast);
  PeerProber prober(door, std::chrono::milliseconds(1));
  EXPECT_EQ(probed.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  prober.stop();
  EXPECT_FALSE(door.reachability("b.example")->down_since);
}

}  // namespace
}  // namespace kith::federation
