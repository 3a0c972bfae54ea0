// All that is known of a file.
import { History } from 'lucide-preact';
import { type Asset } from '../../api/types.ts';
import { formatNumber, formatSize, formatTime, formatWallClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { kindOf } from '../../media/item.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { UserText } from '../../ui/text.tsx';

// What is known of a photo alone.
function PhotoFacts({ item: { captured_at: taken, camera, width, height } }: { item: Asset }) {
  return (
    <>
      {taken && <><dt>{t('photos.taken')}</dt><dd>{formatWallClock(taken)}</dd></>}
      {camera && <><dt>{t('photos.camera')}</dt><dd><UserText text={camera} /></dd></>}
      {width && height && (
        <><dt>{t('photos.dimensions')}</dt><dd>{t('photos.pixels', { width: formatNumber(width), height: formatNumber(height) })}</dd></>
      )}
    </>
  );
}

export function DetailsDialog({ item, onClose, onVersions }: { item: Asset; onClose: () => void; onVersions: () => void }) {
  return (
    <Dialog title={t('files.details')} onClose={onClose} actions={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <dl class="facts details">
        <dt>{t('files.details.name')}</dt>
        <dd><UserText text={item.name} /></dd>
        <dt>{t('files.details.type')}</dt>
        <dd>{t(`files.kind.${kindOf(item)}`)} <span class="muted">{item.media_type}</span></dd>
        <dt>{t('files.details.size')}</dt>
        <dd>
          {formatSize(item.size)}
          {item.size >= 1000 && <span class="muted"> {t('files.details.bytes', { count: formatNumber(item.size) })}</span>}
        </dd>
        <PhotoFacts item={item} />
        <dt>{t('files.details.added')}</dt>
        <dd>{formatTime(item.created_at)}</dd>
        {item.version > 1 && (
          <>
            <dt>{t('files.details.version')}</dt>
            <dd class="stack tight">
              <span>{t('files.details.versionOf', { n: item.version, time: formatTime(item.updated_at) })}</span>
              <div><Button small icon={History} onClick={onVersions}>{t('versions.title')}</Button></div>
            </dd>
          </>
        )}
        <dt>{t('files.details.shared')}</dt>
        <dd>{item.shared_with.length === 0 ? t('files.details.nobody') : (
          <ul>{item.shared_with.map((address) => <li key={address}><UserText text={address} /></li>)}</ul>
        )}</dd>
        <dt>{t('files.details.digest')}</dt>
        <dd class="stack tight"><code class="digest">{item.digest}</code><div><CopyButton text={item.digest} /></div></dd>
      </dl>
    </Dialog>
  );
}
