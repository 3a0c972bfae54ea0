#include "daemon/api/exchange_body.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

class CountedBody final : public BodySource {
 public:
  CountedBody(std::shared_ptr<BodySource> inner, std::uint64_t length,
              std::shared_ptr<assets::ExchangeDownload> download, Broken broken)
      : inner_(std::move(inner)), length_(length), left_(length), download_(std::move(download)), broken_(broken) {}

  Result read(std::span<std::uint8_t> space) override {
    auto result = inner_->read(space.first(static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), step()))));
    if (result.status != Status::data) return result;
    left_ -= result.filled;
    if (!download_->sent(bytes_that_count(result.filled))) return {Status::failed, 0};
    return result;
  }
  void on_ready(std::function<void()> wake) override { inner_->on_ready(std::move(wake)); }
  void abandon() override { inner_->abandon(); }

 private:
  // A read comes when all pieces but the one before have gone to the socket. So the end is kept back in two pieces:
  // when the last is asked for, all before the two has gone.
  std::uint64_t step() const {
    constexpr auto kLast = kKeptBack / 2;
    if (left_ > kKeptBack) return left_ - kKeptBack;
    return left_ > kLast ? left_ - kLast : left_;
  }

  std::uint64_t bytes_that_count(std::uint64_t filled) const {
    if (broken_ == Broken::counts_its_bytes) return filled;
    return left_ == 0 ? length_ : 0;
  }

  const std::shared_ptr<BodySource> inner_;
  const std::uint64_t length_;
  std::uint64_t left_;
  const std::shared_ptr<assets::ExchangeDownload> download_;
  const Broken broken_;
};

}  // namespace

std::shared_ptr<BodySource> counted_body(std::shared_ptr<BodySource> inner, std::uint64_t length,
                                         std::shared_ptr<assets::ExchangeDownload> download, Broken broken) {
  return std::make_shared<CountedBody>(std::move(inner), length, std::move(download), broken);
}

}  // namespace kith::daemon
