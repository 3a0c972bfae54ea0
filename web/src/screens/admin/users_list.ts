// Everybody who lives here, for admins, and what can be done about one of them.
import { call } from '../../api/client.ts';
import { refreshSession, userId } from '../../api/session.ts';
import { type Schema } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';

export type AdminUser = Schema<'AdminUser'>;
export type UserChange = Schema<'UserChange'>;
export type Users = PagedList<AdminUser>;

const kPage = 200;

export function usersList(): Users {
  return new PagedList<AdminUser>((cursor, signal) => call('get', '/api/admin/users', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }), ({ id }) => id);
}

export const nameOf = (user: AdminUser) => [user.first_name, user.last_name].filter(Boolean).join(' ') || user.handle;

// Throws a Problem.
export async function changeUser(users: Users, id: string, body: UserChange): Promise<void> {
  users.replace(await call('patch', '/api/admin/users/{id}', { path: { id }, body }));
  if (id === userId()) await refreshSession();  // one's own rights may be less now
}
