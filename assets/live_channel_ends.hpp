#pragma once
// The ends of channels that connections hold. Each finds its place in the shared state again by id, whatever has
// happened meanwhile. Both are thread-safe.

#include "assets/live_channels.hpp"
#include "assets/live_state.hpp"

namespace kith::assets {

std::shared_ptr<LiveEvents> make_live_events(std::shared_ptr<LiveState> state, const LiveId& offer,
                                             std::shared_ptr<LiveEventBox> box);
std::shared_ptr<LiveStream> make_live_stream(std::shared_ptr<LiveState> state, const LiveId& offer,
                                             const LiveRequestId& request, std::shared_ptr<LiveStreamBox> box);

}  // namespace kith::assets
