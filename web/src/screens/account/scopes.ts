// What an API token may be used for, in words.
import { type Schema } from '../../api/types.ts';
import { type Key } from '../../i18n/index.ts';

export type Scope = Schema<'Scope'>;

export const kScopes: { scope: Scope; name: Key; text: Key; adminsOnly?: boolean }[] = [
  { scope: 'files:read', name: 'account.scope.filesRead', text: 'account.scope.filesReadText' },
  { scope: 'files:write', name: 'account.scope.filesWrite', text: 'account.scope.filesWriteText' },
  { scope: 'shares', name: 'account.scope.shares', text: 'account.scope.sharesText' },
  { scope: 'connections', name: 'account.scope.connections', text: 'account.scope.connectionsText' },
  { scope: 'admin', name: 'account.scope.admin', text: 'account.scope.adminText', adminsOnly: true },
];

export function scopeName(wanted: Scope): Key {
  return kScopes.find(({ scope }) => scope === wanted)?.name ?? 'account.scope.unknown';
}
