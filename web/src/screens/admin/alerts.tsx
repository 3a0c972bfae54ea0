// What happened that an admin should know of.
import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { PagedList } from '../../data/paged_list.ts';
import { formatTime } from '../../i18n/format.ts';
import { t, tMaybe } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { Ago, UserText, visible } from '../../ui/text.tsx';

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

export function Alerts() {
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
