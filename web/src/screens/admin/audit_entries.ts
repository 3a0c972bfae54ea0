// The audit log as it is read: what is asked for, and who and what its entries name.
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';
import { t, tMaybe } from '../../i18n/index.ts';

export type Entry = Schema<'AuditEntry'>;
export interface Filter { action: string; actor: string; from: string; to: string }  // empty: all; days as 2026-05-01

const kPage = 100;
const kDay = 86_400_000;  // milliseconds

// The daemon's days are in UTC, those of people are not.
function startOf(day: string, after = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const start = new Date(year, month - 1, date);
  return new Date(after > 0 ? new Date(start.getTime() + after * kDay + kDay / 2).setHours(0, 0, 0, 0) : start).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function queryOf({ action, actor, from, to }: Filter): { action?: string; actor?: string; from?: string; to?: string } {
  return { ...(action && { action }), ...(actor && { actor }), ...(from && { from: startOf(from) }), ...(to && { to: startOf(to, 1) }) };
}

// An entry has no name of its own, and two may be alike: the place counts.
export type Numbered = Entry & { number: number };

export function auditList(filter: Filter): PagedList<Numbered> {
  let count = 0;
  return new PagedList<Numbered>(async (cursor, signal) => {
    const page = await call('get', '/api/admin/audit-log', { query: { limit: kPage, ...queryOf(filter), ...(cursor && { cursor }) }, signal });
    return { items: page.items.map((entry) => ({ ...entry, number: ++count })), next: page.next };
  }, ({ number }) => String(number));
}

export function actionText(action: string): string {
  return tMaybe(`admin.action.${action}`) ?? action.replaceAll('_', ' ');
}

// `names` tells the handles of user ids.
export function whoText(id: string, names: ReadonlyMap<string, string>): string {
  if (id === '') return t('admin.somebody');
  if (id === 'shell') return t('admin.shell');
  if (id === 'kithd') return t('admin.itself');
  return names.get(id) ?? id;
}
