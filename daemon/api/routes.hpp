#pragma once
// All routes, a function for each part of the interface. `services` must outlive the router.

#include "daemon/api/services.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

void add_account_routes(Router& router, const Services& services);
void add_session_routes(Router& router, const Services& services);
void add_file_routes(Router& router, const Services& services);
void add_asset_routes(Router& router, const Services& services);
void add_share_routes(Router& router, const Services& services);
void add_connection_routes(Router& router, const Services& services);
void add_instance_routes(Router& router, const Services& services);
void add_federation_routes(Router& router, const Services& services);  // the public listener's
void add_operations_routes(Router& router, const Services& services);

void add_all_routes(Router& router, const Services& services);

}  // namespace kith::daemon
