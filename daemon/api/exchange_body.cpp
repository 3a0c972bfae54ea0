#include "daemon/api/exchange_body.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

class CountedBody final : public BodySource {
 public:
  CountedBody(std::shared_ptr<BodySource> inner, const ByteRange& range,
              std::shared_ptr<assets::ExchangeDownload> download)
      : inner_(std::move(inner)), rest_(range), download_(std::move(download)) {}

  Result read(std::span<std::uint8_t> space) override {
    auto result = inner_->read(space.first(static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), step()))));
    if (result.status != Status::data) return result;
    const ByteRange piece{rest_.offset, result.filled};
    rest_.offset += piece.length;
    rest_.length -= piece.length;
    if (!download_->sent(piece.offset, piece.length)) return {Status::failed, 0};
    return result;
  }
  void on_ready(std::function<void()> wake) override { inner_->on_ready(std::move(wake)); }
  void abandon() override { inner_->abandon(); }

 private:
  // A read comes when all pieces but the one before have gone to the socket. So the end is kept back in two pieces:
  // when the last is asked for, all before the two has gone.
  std::uint64_t step() const {
    constexpr auto kLast = kKeptBack / 2;
    if (rest_.length > kKeptBack) return rest_.length - kKeptBack;
    return rest_.length > kLast ? rest_.length - kLast : rest_.length;
  }

  const std::shared_ptr<BodySource> inner_;
  ByteRange rest_;
  const std::shared_ptr<assets::ExchangeDownload> download_;
};

}  // namespace

std::shared_ptr<BodySource> counted(std::shared_ptr<BodySource> inner, const ByteRange& range,
                                    std::shared_ptr<assets::ExchangeDownload> download) {
  return std::make_shared<CountedBody>(std::move(inner), range, std::move(download));
}

}  // namespace kith::daemon
