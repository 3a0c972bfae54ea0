// What the audit log tells of, in the order of the filter.
export const kActions = [
  'log_in', 'log_in_throttled', 'wrong_second_factor', 'recovery_code_used', 'log_out', 'log_out_everywhere', 'log_in_ended', 'login_link_made',
  'registration_begun', 'user_registered', 'registration_invite_made', 'registration_invite_removed', 'user_added', 'first_admin_added',
  'profile_changed', 'email_change_asked', 'email_changed', 'password_changed', 'password_set', 'password_reset_asked', 'password_reset',
  'second_factor_begun', 'second_factor_on', 'second_factor_off', 'recovery_codes_made', 'api_token_made', 'api_token_deleted',
  'permission_set', 'state_set', 'quota_set', 'user_deleted', 'address_freed', 'token_secret_rotated',
  'instance_named', 'instance_moved', 'instance_blocked', 'instance_unblocked', 'instance_key_accepted', 'handshake_refused', 'connection_asked', 'connection_approved', 'connection_rejected', 'connection_verified',
  'connection_keys_rotated', 'connection_revoked', 'invite_made', 'invite_removed',
  'shared', 'share_withdrawn', 'album_shared', 'album_share_withdrawn', 'exchange_made', 'exchange_revoked',
] as const;
