#pragma once
// A checksum on its way: fed with the bytes as they come, compared at the end. Not thread-safe.

#include <utility>
#include <variant>

#include "assets/resumable.hpp"
#include "core/crypto/sha1.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::assets {

class RunningChecksum {
 public:
  explicit RunningChecksum(UploadChecksum wanted) : wanted_(std::move(wanted)) {
    if (wanted_.algorithm == UploadChecksum::Algorithm::sha1) hash_.emplace<core::Sha1>();
  }
  void update(core::ByteView bytes) {
    std::visit([&](auto& hash) { hash.update(bytes); }, hash_);
  }
  // Whether the bytes are those the client meant; once.
  bool fits() {
    return std::visit(
        [&](auto& hash) {
          const auto digest = hash.finish();
          const auto made = digest.view();
          return std::equal(made.begin(), made.end(), wanted_.expected.begin(), wanted_.expected.end());
        },
        hash_);
  }

 private:
  const UploadChecksum wanted_;
  std::variant<core::Sha256, core::Sha1> hash_;
};

}  // namespace kith::assets
