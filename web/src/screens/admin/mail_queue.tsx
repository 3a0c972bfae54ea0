// Mails that could not be sent as yet.
import { RefreshCw } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { visible } from '../../ui/text.tsx';

function MailState({ way, waiting, oldest_at: oldest, last_error: error }: Schema<'MailQueue'>) {
  return (
    <>
      {way === 'outbox' ? <Notice kind="warn" title={t('admin.mailOutbox')}><p>{t('admin.mailOutboxText')}</p></Notice>
        : waiting === 0 && <Notice kind="ok" title={t('admin.mailGone')} />}
      {waiting > 0 && (
        <Notice kind="warn" title={t('admin.mailWaiting', { n: waiting })}>
          {oldest && <p>{t('admin.mailOldest', { when: formatTime(oldest) })}</p>}
          {error && <p lang="en">{visible(error)}</p>}
        </Notice>
      )}
    </>
  );
}

export function MailQueue() {
  const mail = useResource((signal) => call('get', '/api/admin/mail', { signal }), []);
  return (
    <section class="card stack" aria-labelledby="admin-mail">
      <div class="row wrap">
        <h2 id="admin-mail" class="grow">{t('admin.mail')}</h2>
        <Button small icon={RefreshCw} label={t('admin.mailReload')} onClick={mail.reload}>{t('admin.reload')}</Button>
      </div>
      {mail.problem && <ProblemNotice problem={mail.problem} onRetry={mail.reload} />}
      {!mail.data && mail.loading && <Loading />}
      <div class="stack" aria-live="polite">{mail.data && <MailState {...mail.data} />}</div>
    </section>
  );
}
