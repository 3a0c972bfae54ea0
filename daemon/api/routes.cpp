#include "daemon/api/routes.hpp"

#include "daemon/api/page.hpp"

namespace kith::daemon {

void add_all_routes(Router& router, const Services& services) {
  add_account_routes(router, services);
  add_session_routes(router, services);
  add_log_in_routes(router, services);
  add_api_token_routes(router, services);
  add_registration_routes(router, services);
  add_registration_invite_routes(router, services);
  add_password_reset_routes(router, services);
  add_second_factor_routes(router, services);
  add_user_routes(router, services);
  add_admin_user_routes(router, services);
  add_file_routes(router, services);
  add_upload_routes(router, services);
  add_asset_routes(router, services);
  add_photo_routes(router, services);
  add_version_routes(router, services);
  add_archive_routes(router, services);
  add_share_routes(router, services);
  add_album_routes(router, services);
  add_exchange_routes(router, services);
  add_outsider_routes(router, services);
  add_exchange_content_routes(router, services);
  add_exchange_upload_routes(router, services);
  add_live_sender_routes(router, services);
  add_live_receiver_routes(router, services);
  add_connection_routes(router, services);
  add_instance_routes(router, services);
  add_federation_routes(router, services);
  add_event_routes(router, services);
  add_alert_routes(router, services);
  add_mail_routes(router, services);
  add_overview_routes(router, services);
  add_operations_routes(router, services);
  add_openapi_routes(router, services);
  add_page_routes(router, embedded_page());
}

}  // namespace kith::daemon
