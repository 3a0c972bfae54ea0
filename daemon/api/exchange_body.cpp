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
    const auto counts = what_counts(piece, rest_.length == 0);
    if (!download_->sent(counts.offset, counts.length)) return {Status::failed, 0};
    return result;
  }
  void on_ready(std::function<void()> wake) final { inner_->on_ready(std::move(wake)); }
  void abandon() final { inner_->abandon(); }

 private:
  virtual ByteRange what_counts(const ByteRange& piece, bool is_last) const = 0;

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
  using CountedBody::CountedBody;

 private:
  ByteRange what_counts(const ByteRange& piece, bool) const override { return piece; }
};

class CountedArchive final : public CountedBody {
 public:
  CountedArchive(std::shared_ptr<BodySource> inner, std::uint64_t length,
                 std::shared_ptr<assets::ExchangeDownload> download)
      : CountedBody(std::move(inner), {0, length}, std::move(download)), length_(length) {}

 private:
  ByteRange what_counts(const ByteRange&, bool is_last) const override { return {0, is_last ? length_ : 0}; }

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
