#include "daemon/api/exchange_body.hpp"

#include <algorithm>

namespace kith::daemon {
namespace {

class CountedBody : public BodySource {
 public:
  CountedBody(std::shared_ptr<BodySource> inner, const ByteRange& range,
              std::shared_ptr<assets::ExchangeDownload> download)
      : inner_(std::move(inner)), rest_(range), download_(std::move(download)) {}

  Result read(std::span<std::uint8_t> space) final {
    auto result = inner_->read(space.first(static_cast<std::size_t>(std::min<std::uint64_t>(space.size(), step()))));
    if (result.status != Status::data) return result;
    const ByteRange piece{rest_.offset, result.filled};
    rest_.offset += piece.length;
    rest_.length -= piece.length;
    if (!download_->sent(bytes_that_count(piece, rest_.length == 0))) return {Status::failed, 0};
    return result;
  }
  void on_ready(std::function<void()> wake) final { inner_->on_ready(std::move(wake)); }
  void abandon() final { inner_->abandon(); }

 private:
  virtual std::uint64_t bytes_that_count(const ByteRange& piece, bool is_last) const = 0;

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

class CountedFile final : public CountedBody {
 public:
  CountedFile(std::shared_ptr<BodySource> inner, const ByteRange& range,
              std::shared_ptr<assets::ExchangeDownload> download)
      : CountedBody(std::move(inner), range, download),
        // Who begins behind all that was sent fetches another part.
        sent_up_to_(range.offset <= download->sent_before() ? download->sent_before() : 0) {}

 private:
  std::uint64_t bytes_that_count(const ByteRange& piece, bool) const override {
    const auto end = piece.offset + piece.length;
    return end > sent_up_to_ ? end - std::max(piece.offset, sent_up_to_) : 0;
  }

  const std::uint64_t sent_up_to_;
};

class CountedArchive final : public CountedBody {
 public:
  CountedArchive(std::shared_ptr<BodySource> inner, std::uint64_t length,
                 std::shared_ptr<assets::ExchangeDownload> download)
      : CountedBody(std::move(inner), {0, length}, std::move(download)), length_(length) {}

 private:
  std::uint64_t bytes_that_count(const ByteRange&, bool is_last) const override { return is_last ? length_ : 0; }

  const std::uint64_t length_;
};

}  // namespace

std::shared_ptr<BodySource> counted_file(std::shared_ptr<BodySource> inner, const ByteRange& range,
                                         std::shared_ptr<assets::ExchangeDownload> download) {
  return std::make_shared<CountedFile>(std::move(inner), range, std::move(download));
}

std::shared_ptr<BodySource> counted_archive(std::shared_ptr<BodySource> inner, std::uint64_t length,
                                            std::shared_ptr<assets::ExchangeDownload> download) {
  return std::make_shared<CountedArchive>(std::move(inner), length, std::move(download));
}

}  // namespace kith::daemon
