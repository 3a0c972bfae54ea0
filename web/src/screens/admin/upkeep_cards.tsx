// When a backup was last made and all content verified, and the commands that do it.
import { type ComponentChildren } from 'preact';
import { type Schema } from '../../api/types.ts';
import { formatNumber, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { Ago } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { kLongAgo, upkeep } from './upkeep.ts';

type Storage = Schema<'AdminStorage'>;

const kBackup = 'sudo -u kith kithd backup /mnt/backup';
const kVerify = 'sudo -u kith kithd verify';
const kRepair = 'sudo -u kith kithd verify --repair-from /mnt/backup';

function Command({ text, children }: { text: string; children: ComponentChildren }) {
  return (
    <div class="stack tight">
      <p class="muted">{children}</p>
      <div class="row wrap">
        <code class="command">{text}</code>
        <CopyButton text={text} />
      </div>
    </div>
  );
}

export function BackupCard({ storage: { last_backup_at: at, content } }: { storage: Storage }) {
  useMinute();
  const state = upkeep(at);
  const isEmpty = content.count === 0;
  return (
    <section class="card stack" aria-labelledby="storage-backup">
      <h2 id="storage-backup">{t('storage.backup')}</h2>
      {at && <p>{t('storage.backupLast')}{' '}<Ago at={at} /></p>}
      {state === 'never' && isEmpty && <p>{t('storage.backupEmpty')}</p>}
      {state === 'never' && !isEmpty && <Notice kind="warn" title={t('storage.backupNever')}><p>{t('storage.backupNeverText')}</p></Notice>}
      {state === 'due' && <Notice kind="warn" title={t('storage.backupDue', { n: kLongAgo })}><p>{t('storage.backupDueText')}</p></Notice>}
      <Command text={kBackup}>{t('storage.backupHow')}</Command>
    </section>
  );
}

function Damage({ count }: { count: number }) {
  if (count === 0) return <Notice kind="ok" title={t('storage.damagedNone')} />;
  return (
    <Notice kind="danger" title={t('storage.damaged', { n: count })}>
      <p>{t('storage.damagedText')}</p>
    </Notice>
  );
}

export function VerificationCard({ storage: { damaged_count: damaged, last_verification: last } }: { storage: Storage }) {
  useMinute();
  const state = upkeep(last?.finished_at);
  return (
    <section class="card stack" aria-labelledby="storage-verification">
      <h2 id="storage-verification">{t('storage.verification')}</h2>
      {(damaged > 0 || state !== 'never') && <Damage count={damaged} />}
      {last && <p>{t('storage.verifiedLast', { when: formatTime(last.finished_at), n: last.checked, checked: formatNumber(last.checked) })}</p>}
      {state !== 'fine' && <p>{t(state === 'never' ? 'storage.verifiedNever' : 'storage.verifiedDue', { n: kLongAgo })}</p>}
      <Command text={kVerify}>{t('storage.verifyHow')}</Command>
      {damaged > 0 && <Command text={kRepair}>{t('storage.repairHow')}</Command>}
    </section>
  );
}
