// The disk that everything lies on, as a bar.
import { type Schema } from '../../api/types.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Notice } from '../../ui/notice.tsx';
import { UserText } from '../../ui/text.tsx';
import { diskParts, diskState, kDiskParts } from './disk_parts.ts';

function DiskNotice({ disk }: { disk: Schema<'AdminStorage'>['disk'] }) {
  const state = diskState(disk);
  if (state === 'ok') return null;
  return (
    <Notice kind={state === 'full' ? 'danger' : 'warn'} title={t(`storage.disk.${state}`)}>
      <p>{t(`storage.disk.${state}Text`, { kept: formatSize(disk.keep_free_bytes) })}</p>
    </Notice>
  );
}

// The bar is for eyes; the list below it says the same.
export function DiskCard({ storage }: { storage: Schema<'AdminStorage'> }) {
  const { disk } = storage;
  const parts = diskParts(storage);
  const width = (bytes: number) => `${disk.total_bytes > 0 ? bytes / disk.total_bytes * 100 : 0}%`;
  return (
    <section class="card stack" aria-labelledby="storage-disk">
      <h2 id="storage-disk">{t('storage.disk')}</h2>
      <p>{t('storage.diskFree', { free: formatSize(parts.free), total: formatSize(disk.total_bytes) })}</p>
      <div class="disk-bar" aria-hidden="true">
        {kDiskParts.map((part) => parts[part] > 0 && <span key={part} class={`disk-${part}`} style={{ inlineSize: width(parts[part]) }} />)}
      </div>
      <ul class="disk-legend">
        {kDiskParts.map((part) => parts[part] > 0 && (
          <li key={part}><span class={`disk-swatch disk-${part}`} aria-hidden="true" /><span>{t(`storage.disk.${part}`)}</span><strong>{formatSize(parts[part])}</strong></li>
        ))}
      </ul>
      <DiskNotice disk={disk} />
      <small class="muted">{t('storage.diskPath')}{' '}<code><UserText text={disk.path} /></code></small>
    </section>
  );
}
