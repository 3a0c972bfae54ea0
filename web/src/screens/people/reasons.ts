// Why a connection ended, in words. The daemon's reasons are stable names; one that has no text here is told as such.
import { type Connection } from '../../api/types.ts';
import { t, tMaybe } from '../../i18n/index.ts';
import { visible } from '../../ui/text.tsx';
import { namesOf } from './who.ts';

export function reasonText(connection: Connection): string {
  const names = namesOf(connection);
  const { reason } = connection;
  if (!reason) return t(`people.ended.${connection.state === 'rejected' ? 'rejected' : 'other'}`, names);
  return tMaybe(`people.ended.${reason}`, names) ?? tMaybe(`error.${reason}`) ?? t('people.ended.named', { reason: visible(reason) });
}
