// What lies on this server's disk, whose it is, and whether it is safe there.
import { RefreshCw } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatNumber, formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/storage.css';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { DiskCard } from './disk_card.tsx';
import { SpaceOfUsers } from './space_of_users.tsx';
import { BackupCard, VerificationCard } from './upkeep_cards.tsx';

function ContentCard({ storage: { content, thumbnails_bytes, database_bytes } }: { storage: Schema<'AdminStorage'> }) {
  return (
    <section class="card stack" aria-labelledby="storage-content">
      <h2 id="storage-content">{t('storage.content')}</h2>
      <dl class="facts">
        <dt>{t('storage.files')}</dt>
        <dd>{t('storage.filesOf', { n: content.count, count: formatNumber(content.count), size: formatSize(content.bytes) })}</dd>
        <dt>{t('storage.thumbnails')}</dt><dd>{formatSize(thumbnails_bytes)}</dd>
        <dt>{t('storage.database')}</dt><dd>{formatSize(database_bytes)}</dd>
      </dl>
      <small class="muted">{t('storage.contentText')}</small>
    </section>
  );
}

export function Storage() {
  const storage = useResource((signal) => call('get', '/api/admin/storage', { signal }), []);
  const { data } = storage;
  return (
    <>
      {storage.problem && <ProblemNotice problem={storage.problem} onRetry={storage.reload} />}
      {!data && storage.loading && <Loading />}
      {data && (
        <>
          <DiskCard storage={data} />
          <BackupCard storage={data} />
          <VerificationCard storage={data} />
          <SpaceOfUsers users={data.users} />
          <ContentCard storage={data} />
          <div><Button icon={RefreshCw} onClick={storage.reload}>{t('admin.reload')}</Button></div>
        </>
      )}
    </>
  );
}
