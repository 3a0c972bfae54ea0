// For admins: the servers known here, how sure it is that they are who they say, and what was blocked.
import { ArrowLeft, Ban, ServerCog } from 'lucide-preact';
import { type KnownInstance } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { formatSince } from './times.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { EmptyState, Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Chip, Fingerprint } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { Ago, UserText, visible } from '../../ui/text.tsx';
import { acceptKey, block, unblock } from './instance_acts.ts';
import { instances, readInstances, useInstances } from './instances_list.ts';

function KeyAlert({ known }: { known: KnownInstance }) {
  const { domain, fingerprint, offered_fingerprint: offered, alert } = known;
  return (
    <Notice kind="danger" title={t('people.key.changed', { domain: visible(domain) })}>
      <p>{t('people.key.ask')}</p>
      {fingerprint && <><p class="field-label">{t('people.key.before')}</p><Fingerprint text={fingerprint} /></>}
      {offered && <><p class="field-label">{t('people.key.now')}</p><Fingerprint text={offered} /></>}
      {offered && <div><Button kind="danger" onClick={() => acceptKey(domain, offered)}>{t('people.key.accept')}</Button></div>}
      <details><summary>{t('problem.details')}</summary><p lang="en">{visible(alert ?? '')}</p></details>
    </Notice>
  );
}

function Facts({ known }: { known: KnownInstance }) {
  return (
    <dl class="facts request-facts">
      {!known.alert && <><dt>{t('people.instance.key')}</dt><dd>{t(`people.pin.${known.pin}`)}</dd></>}
      {known.fingerprint && !known.alert && <><dt>{t('people.fingerprint')}</dt><dd><Fingerprint text={known.fingerprint} /></dd></>}
      <dt>{t('people.instance.seen')}</dt>
      <dd>
        {known.down_since ? <span class="reach down">{t('people.instance.down', { when: formatSince(known.down_since) })}</span>
          : known.last_seen ? <Ago at={known.last_seen} /> : t('people.instance.never')}
        {known.last_error && known.down_since && <details><summary>{t('problem.details')}</summary><p lang="en">{visible(known.last_error)}</p></details>}
      </dd>
      {known.software && <><dt>{t('people.instance.software')}</dt><dd><UserText text={known.software} /></dd></>}
    </dl>
  );
}

function Card({ known }: { known: KnownInstance }) {
  const { domain, name, blocked, alert, pin, fingerprint } = known;
  const names = { domain: visible(domain) };
  return (
    <li class="card stack">
      <div class="row wrap">
        <h2 class="grow"><UserText text={domain} />{name && <small class="muted instance-name"><UserText text={name} /></small>}</h2>
        {blocked && <Chip tone="danger" icon={Ban}>{t('people.instance.blocked')}</Chip>}
      </div>
      {alert !== null && <KeyAlert known={known} />}
      <Facts known={known} />
      <div class="row wrap end">
        {pin === 'provisional' && fingerprint && !alert && (
          <Button small label={t('people.key.pinWho', names)} onClick={() => acceptKey(domain, fingerprint)}>{t('people.key.pin')}</Button>
        )}
        {blocked
          ? <Button small label={t('people.unblock.domain', names)} onClick={() => unblock(domain)}>{t('people.unblock.yes')}</Button>
          : <Button small icon={Ban} label={t('people.block.yes', names)} onClick={() => block(domain)}>{t('people.request.block')}</Button>}
      </div>
    </li>
  );
}

export function Instances() {
  useInstances();
  const { items, problem, loading, started, complete, isEmpty } = instances;
  // Those that need an admin's eye first.
  const sorted = [...items.value].sort((a, b) => Number(b.alert !== null) - Number(a.alert !== null));
  return (
    <div class="people stack">
      <ScreenHead title={t('people.instances')}>
        <LinkButton href="#/people" icon={ArrowLeft}>{t('people.back')}</LinkButton>
      </ScreenHead>
      {problem.value && <ProblemNotice problem={problem.value} onRetry={readInstances} />}
      {!started.value && loading.value && <Loading />}
      {isEmpty.value && <EmptyState icon={ServerCog} title={t('people.instances.empty')}>{t('people.instances.emptyText')}</EmptyState>}
      <ul class="stack">{sorted.map((known) => <Card key={known.domain} known={known} />)}</ul>
      {started.value && !complete.value && <div><Button onClick={() => instances.more()}>{t('action.loadMore')}</Button></div>}
    </div>
  );
}
