#include "assets/uploads.hpp"

#include "assets/arrival.hpp"
#include "assets/catalogue_naming.hpp"
#include "assets/file_name.hpp"

namespace kith::assets {

using core::Expected;

// What every upload works with.
struct Upload::Surroundings {
  Arrivals& arrivals;
  const core::Clock& clock;
  core::Random& random;
  AssetEvents& events;
};

Upload::Upload(const Surroundings& surroundings, std::string name, bool beside, std::unique_ptr<Arrival> arrival)
    : surroundings_(surroundings), name_(std::move(name)), beside_(beside), arrival_(std::move(arrival)) {}
Upload::~Upload() = default;

Expected<void> Upload::write(core::ByteView piece) {
  return arrival_->write(piece);
}

std::uint64_t Upload::size() const {
  return arrival_->size();
}

Expected<Asset> Upload::commit() {
  std::optional<StoredVersion> stored;
  KITH_TRY(arrival_->commit([&](storage::Transaction& transaction, const ArrivedContent& content) -> Expected<void> {
    std::string name = name_;
    if (beside_) {
      KITH_TRY_ASSIGN(free, free_name(transaction, content.owner, name));
      name = std::move(free);
    }
    auto named =
        name_in_catalogue(transaction, content, name, core::AssetId::make(surroundings_.clock, surroundings_.random),
                          surroundings_.clock.now());
    if (!named) return tl::make_unexpected(std::move(named.error()));
    stored = std::move(*named);
    return {};
  }));
  tell(surroundings_.events, *stored);
  return std::move(stored->asset);
}

Uploads::Uploads(Arrivals& arrivals, const core::Clock& clock, core::Random& random, AssetEvents& events)
    : surroundings_(new Upload::Surroundings{arrivals, clock, random, events}) {}
Uploads::~Uploads() = default;

Expected<std::unique_ptr<Upload>> Uploads::begin(const core::UserId& owner, std::string_view name,
                                                 std::optional<std::uint64_t> expected_size) {
  KITH_TRY(check_file_name(name));
  KITH_TRY_ASSIGN(arrival, surroundings_->arrivals.begin(owner, expected_size));
  return std::unique_ptr<Upload>(new Upload(*surroundings_, std::string(name), false, std::move(arrival)));
}

Expected<std::unique_ptr<Upload>> Uploads::begin_beside(const core::UserId& owner, std::string_view name,
                                                        std::uint64_t expected_size) {
  KITH_TRY(check_file_name(name));
  KITH_TRY_ASSIGN(arrival, surroundings_->arrivals.begin(owner, expected_size));
  return std::unique_ptr<Upload>(new Upload(*surroundings_, std::string(name), true, std::move(arrival)));
}

}  // namespace kith::assets
