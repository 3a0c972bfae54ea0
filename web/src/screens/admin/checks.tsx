// What the server found when it looked after itself, the worst first.
import { CircleAlert, CircleCheck, CircleHelp, type LucideIcon, RefreshCw, TriangleAlert } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/health.css';
import { Button } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { Ago, UserText } from '../../ui/text.tsx';
import { type Check, checkText, checkTitle, kStates, type State } from './check_texts.ts';

type Report = Schema<'AdminHealth'>;

const kIcons: Record<State, LucideIcon> = { error: CircleAlert, warning: TriangleAlert, unknown: CircleHelp, ok: CircleCheck };

function Row({ check }: { check: Check }) {
  const Icon = kIcons[check.state];
  const text = checkText(check);
  return (
    <li class={check.state}>
      <Icon aria-hidden="true" />
      <div class="grow">
        <p class="what">{checkTitle(check.check)}</p>
        {text ? <p>{text}</p> : <p lang="en"><UserText text={check.text} /></p>}
      </div>
    </li>
  );
}

function Group({ state, checks }: { state: State; checks: Check[] }) {
  if (checks.length === 0) return null;
  const id = `health-${state}`;
  const rows = <ul class="checks" aria-labelledby={id}>{checks.map((check, at) => <Row key={at} check={check} />)}</ul>;
  if (state === 'ok') {
    return <details class="checks-fine"><summary id={id}>{t('health.state.ok', { n: checks.length })}</summary>{rows}</details>;
  }
  return <div class="stack tight"><h3 id={id}>{t(`health.state.${state}`)}</h3>{rows}</div>;
}

function Found({ report }: { report: Report }) {
  const of = (state: State) => report.checks.filter((check) => check.state === state);
  const worst = kStates.find((state) => of(state).length > 0) ?? 'ok';
  return (
    <>
      <div role="status">
        {worst === 'ok' ? <Notice kind="ok" title={t('health.fine')} />
          : <p>{t('health.found', { errors: of('error').length, warnings: of('warning').length, unknown: of('unknown').length })}</p>}
      </div>
      {kStates.map((state) => <Group key={state} state={state} checks={of(state)} />)}
      <dl class="facts">
        <dt>{t('health.version')}</dt><dd><UserText text={report.version} /></dd>
        <dt>{t('health.since')}</dt><dd><Ago at={report.started_at} /></dd>
      </dl>
    </>
  );
}

export function Checks() {
  const report = useResource((signal) => call('get', '/api/admin/health', { signal }), []);
  return (
    <section class="card stack" aria-labelledby="admin-checks">
      <div class="row wrap">
        <h2 id="admin-checks" class="grow">{t('health.checks')}</h2>
        <Button small icon={RefreshCw} busy={report.loading} onClick={report.reload}>{t('health.again')}</Button>
      </div>
      {report.problem && <ProblemNotice problem={report.problem} onRetry={report.reload} />}
      {!report.data && report.loading && <Loading text={t('health.checking')} />}
      {report.data && <Found report={report.data} />}
    </section>
  );
}
