import { me } from '../../api/session.ts';

// Tells the browser's password manager whose password is asked for.
export function AccountName() {
  return <input type="text" name="username" autocomplete="username" value={me().email} readOnly hidden />;
}
