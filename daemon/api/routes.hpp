#pragma once
// All routes, a function for each part of the interface. `services` must outlive the router.

#include <span>

#include "daemon/api/services.hpp"
#include "daemon/http/router.hpp"

namespace kith::daemon {

struct PageFile;

void add_account_routes(Router& router, const Services& services);
void add_session_routes(Router& router, const Services& services);
void add_log_in_routes(Router& router, const Services& services);
void add_api_token_routes(Router& router, const Services& services);
void add_registration_routes(Router& router, const Services& services);
void add_registration_invite_routes(Router& router, const Services& services);
void add_password_reset_routes(Router& router, const Services& services);
void add_second_factor_routes(Router& router, const Services& services);  // and the secret of all tokens
void add_user_routes(Router& router, const Services& services);
void add_admin_user_routes(Router& router, const Services& services);
void add_file_routes(Router& router, const Services& services);
void add_upload_routes(Router& router, const Services& services);
void add_asset_routes(Router& router, const Services& services);
void add_photo_routes(Router& router, const Services& services);
void add_version_routes(Router& router, const Services& services);
void add_archive_routes(Router& router, const Services& services);
void add_share_routes(Router& router, const Services& services);
void add_album_routes(Router& router, const Services& services);
void add_exchange_routes(Router& router, const Services& services);
void add_outsider_routes(Router& router, const Services& services);          // what tokens of exchanges open
void add_exchange_upload_routes(Router& router, const Services& services);   // and resumable uploads there
void add_exchange_content_routes(Router& router, const Services& services);  // what presigned addresses open
void add_live_sender_routes(Router& router, const Services& services);
void add_live_receiver_routes(Router& router, const Services& services);  // what codes of live transfers open
void add_connection_routes(Router& router, const Services& services);
void add_instance_routes(Router& router, const Services& services);
void add_federation_routes(Router& router, const Services& services);  // the public listener's
void add_event_routes(Router& router, const Services& services);
void add_mail_routes(Router& router, const Services& services);
void add_alert_routes(Router& router, const Services& services);
void add_overview_routes(Router& router, const Services& services);  // what admins see of the whole instance
void add_operations_routes(Router& router, const Services& services);
void add_openapi_routes(Router& router, const Services& services);
void add_page_routes(Router& router, std::span<const PageFile> page);  // `page` must outlive the router

void add_all_routes(Router& router, const Services& services);

}  // namespace kith::daemon
