#pragma once
// Content people put into their catalogue. Uploads checks name, size, quota and number before a byte is taken, and
// gives out an Upload that takes the bytes as they come; how it ends is told in assets/arrival.hpp.
//
// Uploads is thread-safe. An Upload belongs to one thread at a time and must end before its Uploads does. Calls block.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assets/asset.hpp"
#include "assets/asset_events.hpp"
#include "core/clock.hpp"
#include "core/random.hpp"

namespace kith::assets {

class Arrival;
class Arrivals;

// One file on its way in. Dropped without commit(), it leaves nothing behind. After an error only destruction is left.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // bad_request beyond the declared size, too_large, quota_exceeded, storage_full.
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  std::uint64_t size() const;
  // The asset as it is now in the catalogue, for good. bad_request when fewer bytes came than were declared. Content
  // equal to the newest version makes no new one.
  [[nodiscard]] core::Expected<Asset> commit();

 private:
  friend class Uploads;
  struct Surroundings;
  Upload(const Surroundings& surroundings, std::string name, bool beside, std::unique_ptr<Arrival> arrival);

  const Surroundings& surroundings_;
  const std::string name_;
  const bool beside_;  // what has the name already
  const std::unique_ptr<Arrival> arrival_;
};

class Uploads {
 public:
  // All are borrowed and outlive this.
  Uploads(Arrivals& arrivals, const core::Clock& clock, core::Random& random, AssetEvents& events);
  ~Uploads();

  // A file of `owner`; the name of one of their assets makes its next version. `expected_size` is what the client
  // declared, nothing for a chunked body. bad_request (name), too_large, quota_exceeded, storage_full,
  // too_many_requests.
  [[nodiscard]] core::Expected<std::unique_ptr<Upload>> begin(const core::UserId& owner, std::string_view name,
                                                              std::optional<std::uint64_t> expected_size);
  // The same, but an asset that has the name keeps it, and this becomes "name (2)" or so.
  [[nodiscard]] core::Expected<std::unique_ptr<Upload>> begin_beside(const core::UserId& owner, std::string_view name,
                                                                     std::uint64_t expected_size);

 private:
  const std::unique_ptr<const Upload::Surroundings> surroundings_;
};

}  // namespace kith::assets
