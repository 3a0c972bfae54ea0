#include "daemon/api/event.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"

namespace kith::daemon {

Event Event::connection(const core::ConnectionId& id) {
  return {"connection", core::to_json_text({{"id", id.text()}})};
}

Event Event::shared_with_me(const std::string& owner) {
  return {"shared_with_me", core::to_json_text({{"owner", owner}})};
}

}  // namespace kith::daemon
