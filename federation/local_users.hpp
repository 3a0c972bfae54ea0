#pragma once
// What federation needs of the accounts here; the daemon plugs in an implementation on top of them. Thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/id.hpp"
#include "federation/address.hpp"
#include "storage/database.hpp"

namespace kith::federation {

using core::Expected;

struct LocalUser {
  core::UserId id;
  std::string handle;    // "alice" of alice@a.example
  bool enabled = false;  // false: to strangers as if there were no such user
  bool is_admin = false;
};

class LocalUsers {
 public:
  virtual ~LocalUsers() = default;
  // Users with is_local = true only; nothing where there is none.
  [[nodiscard]] virtual Expected<std::optional<LocalUser>> find_by_handle(storage::Reader& reader,
                                                                          std::string_view handle) = 0;
  [[nodiscard]] virtual Expected<std::optional<LocalUser>> find_by_id(storage::Reader& reader,
                                                                      const core::UserId& id) = 0;
  // The row (is_local = false) that stands for somebody elsewhere, made if there is none yet.
  [[nodiscard]] virtual Expected<core::UserId> ensure_remote(storage::Transaction& transaction,
                                                             const Address& address) = 0;
};

}  // namespace kith::federation
