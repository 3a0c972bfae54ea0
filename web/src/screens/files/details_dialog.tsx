// All that is known of a file.
import { type Asset } from '../../api/types.ts';
import { formatNumber, formatSize, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { kindOf } from '../../media/item.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { UserText } from '../../ui/text.tsx';

export function DetailsDialog({ item, onClose }: { item: Asset; onClose: () => void }) {
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
        <dt>{t('files.details.added')}</dt>
        <dd>{formatTime(item.created_at)}</dd>
        {item.version > 1 && (
          <>
            <dt>{t('files.details.version')}</dt>
            <dd>{t('files.details.versionOf', { n: item.version, time: formatTime(item.updated_at) })}</dd>
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
