// What an admin should look at: alerts, mails that wait, the secret that signs log-ins.
import { useEffect, useState } from 'preact/hooks';
import { RefreshCw } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Schema } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatTime } from '../../i18n/format.ts';
import { t, tMaybe } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { Ago, UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';

type Alert = Schema<'Alert'>;

const kPage = 50;

function AlertRow({ alert }: { alert: Alert }) {
  return (
    <li class="list-row">
      <div class="grow">
        <p class="admin-name">{tMaybe(`admin.alert.${alert.kind}`) ?? visible(alert.kind)}{alert.about && <>{': '}<UserText text={alert.about} /></>}</p>
        <small class="row-detail" lang="en"><UserText text={alert.detail} /></small>
        <small class="muted row-detail">{t('admin.alertTimes', { n: alert.count, first: formatTime(alert.first_at) })}{' · '}<Ago at={alert.last_at} /></small>
      </div>
    </li>
  );
}

function Alerts() {
  const [alerts] = useState(() => new PagedList<Alert>(
    (cursor, signal) => call('get', '/api/admin/alerts', { query: { limit: kPage, ...(cursor && { cursor }) }, signal }), ({ kind, about }) => `${kind} ${about}`));
  useEffect(() => {
    void alerts.restart();
    return () => alerts.stop();
  }, [alerts]);
  const items = alerts.items.value;
  return (
    <section class="card stack" aria-labelledby="admin-alerts">
      <h2 id="admin-alerts">{t('admin.alerts')}</h2>
      {alerts.problem.value && <ProblemNotice problem={alerts.problem.value} onRetry={() => alerts.restart()} />}
      {!alerts.started.value && alerts.loading.value && <Loading />}
      {alerts.isEmpty.value && <Notice kind="ok" title={t('admin.alertsNone')} />}
      {items.length > 0 && (
        <ul class="list admin-list" aria-labelledby="admin-alerts">{items.map((alert) => <AlertRow key={`${alert.kind} ${alert.about}`} alert={alert} />)}</ul>
      )}
      {alerts.started.value && !alerts.complete.value && <div><Button onClick={() => alerts.more()}>{t('action.loadMore')}</Button></div>}
    </section>
  );
}

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

function MailQueue() {
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

async function rotate(): Promise<void> {
  if (!await ask({ title: t('admin.rotateTitle'), text: t('admin.rotateText'), yes: t('admin.rotate') })) return;
  try {
    await call('post', '/api/admin/secrets/rotate');
    toast({ text: t('admin.rotated') });
  } catch (reason) {
    toast({ text: problemText(asProblem(reason)), kind: 'danger' });
  }
}

export function Health() {
  return (
    <>
      <Alerts />
      <MailQueue />
      <section class="card stack" aria-labelledby="admin-secrets">
        <h2 id="admin-secrets">{t('admin.secrets')}</h2>
        <p class="muted">{t('admin.secretsText')}</p>
        <div><Button onClick={rotate}>{t('admin.rotate')}</Button></div>
      </section>
    </>
  );
}
