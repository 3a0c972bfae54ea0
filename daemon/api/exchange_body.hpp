#pragma once
// A body out of an exchange, whose bytes count towards a download.

#include <memory>

#include "assets/exchange_download.hpp"
#include "daemon/http/body.hpp"
#include "daemon/http/range.hpp"

namespace kith::daemon {

// The last bytes of a response are kept back until everything before them has gone to the socket.
inline constexpr std::uint64_t kKeptBack = 4096;

// The bytes `range` of a file or an archive, which `inner` gives. Each byte counts once, however often and in whatever
// order it is asked for. Nobody has the whole before it counts: the end is handed out only when its bytes are counted,
// and asked for only when what came before it was sent. So a client that breaks off earlier has no download, and a
// daemon that dies has given none away. Cut when the exchange is revoked.
std::shared_ptr<BodySource> counted(std::shared_ptr<BodySource> inner, const ByteRange& range,
                                    std::shared_ptr<assets::ExchangeDownload> download);

}  // namespace kith::daemon
