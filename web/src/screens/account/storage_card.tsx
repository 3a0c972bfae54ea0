// How much of one's room is used.
import { formatPercent, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ProgressBar } from '../../ui/progress.tsx';
import { isLimited } from '../../upload/room.ts';
import { type Me } from './use_me.ts';

const kTight = 0.9;  // of the quota

export function StorageCard({ me }: { me: Me }) {
  const used = formatSize(me.used_bytes);
  const limited = isLimited({ used: me.used_bytes, quota: me.quota_bytes });
  const part = me.quota_bytes > 0 ? me.used_bytes / me.quota_bytes : 1;
  const values = { used, quota: formatSize(me.quota_bytes), part: formatPercent(part) };
  return (
    <section class="card stack tight" aria-labelledby="account-storage">
      <h2 id="account-storage">{t('account.storage')}</h2>
      {limited && <ProgressBar part={part} kind={part >= kTight ? 'danger' : ''} label={t('account.storagePart', values)} />}
      <p>{t(limited ? 'account.storageOf' : 'account.storageUsed', values)}</p>
    </section>
  );
}
