// How much room one's files take, and how much there is.
import { formatPercent, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ProgressBar } from '../../ui/progress.tsx';
import { isLimited, room } from '../../upload/room.ts';

const kTight = 0.9;  // of the quota

export function StorageMeter() {
  const known = room.value;
  if (!known) return null;
  const used = formatSize(known.used);
  if (!isLimited(known)) return <p class="storage-meter muted">{t('files.used', { used })}</p>;
  const part = known.quota > 0 ? known.used / known.quota : 1;
  const tight = part >= kTight;
  return (
    <div class={`storage-meter${tight ? ' tight' : ''}`}>
      <ProgressBar part={part} kind={tight ? 'danger' : ''} label={t('files.usedPart', { part: formatPercent(part) })} />
      <p>{t(tight ? 'files.usedUp' : 'files.usedOf', { used, quota: formatSize(known.quota) })}</p>
    </div>
  );
}
