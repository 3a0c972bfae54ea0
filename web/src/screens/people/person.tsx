// One person elsewhere: how things stand, what comes next, how it came to be.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ArrowLeft, UserX } from 'lucide-preact';
import { useLocation } from 'wouter-preact';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Connection } from '../../api/types.ts';
import { connections, connectionsRead, isOwn, readConnection } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { formatDate } from '../../i18n/format.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Fingerprint } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { Reach, TrustChip, WordsChip } from './labels.tsx';
import { PersonMenu } from './person_menu.tsx';
import { RequestCard } from './request_card.tsx';
import { Situation } from './situation.tsx';
import { wordsAreOpen } from './story.ts';
import { Timeline } from './timeline.tsx';
import { useRequestActs } from './use_request_acts.ts';
import { useSettled } from './use_settled.ts';
import { namesOf } from './who.ts';
import { Words } from './words.tsx';

function Facts({ connection }: { connection: Connection }) {
  const names = namesOf(connection);
  const { name, domain } = connection.peer_instance;
  return (
    <section class="card stack" aria-labelledby="people-facts">
      <h2 id="people-facts">{t('people.facts')}</h2>
      <dl class="facts request-facts">
        {!isOwn(connection) && <><dt>{t('people.facts.local')}</dt><dd><UserText text={connection.local} /></dd></>}
        <dt>{t('people.request.from')}</dt>
        <dd><UserText text={domain} />{name && <span class="muted"> · <UserText text={name} /></span>}</dd>
        {connection.fingerprint && <><dt>{t('people.fingerprint')}</dt><dd><Fingerprint text={connection.fingerprint} /></dd></>}
        {connection.purpose && (
          <>
            <dt>{t(connection.direction === 'incoming' ? 'people.request.purpose' : 'people.facts.ownPurpose', names)}</dt>
            <dd><blockquote class="purpose"><UserText text={connection.purpose} /></blockquote></dd>
          </>
        )}
        {connection.expires_at && <><dt>{t('people.facts.until')}</dt><dd>{formatDate(connection.expires_at)}</dd></>}
      </dl>
    </section>
  );
}

function Request({ request }: { request: Connection }) {
  const [, navigate] = useLocation();
  const acts = useRequestActs(() => navigate('/people'));
  const settled = useSettled(request.id);
  return (
    <>
      <p><strong>{t('people.now.youDecide', namesOf(request))}</strong></p>
      <RequestCard request={request} acts={acts} settled={settled} heading="h2" />
    </>
  );
}

function Story({ connection }: { connection: Connection }) {
  return (
    <>
      <div class="row wrap person-labels">
        <TrustChip connection={connection} /><WordsChip connection={connection} linked={false} /><Reach connection={connection} />
      </div>
      {connection.state === 'pending_in' ? <Request request={connection} /> : <Situation connection={connection} />}
      {wordsAreOpen(connection) && <Words connection={connection} />}
      <Timeline connection={connection} />
      {connection.state !== 'pending_in' && <Facts connection={connection} />}
    </>
  );
}

// The connection, read once for itself: it may be too old for the list, or replaced by a newer one, where the address
// of this page then goes along.
function useConnection(id: string): { connection: Connection | undefined; problem: Problem | undefined; gone: boolean; read: () => Promise<void> } {
  const [problem, setProblem] = useState<Problem>();
  const [absent, setAbsent] = useState(false);
  const [, navigate] = useLocation();
  const left = useRef(false);
  useEffect(() => () => { left.current = true; }, []);
  const connection = connections.value.find((one) => one.id === id);
  const read = async () => {
    setProblem(undefined);
    try {
      const found = await readConnection(id);
      if (left.current) return;  // somebody is elsewhere by now, and stays there
      setAbsent(found === undefined);
      if (found && found.id !== id) navigate(`/people/${found.id}`, { replace: true });
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  // At first, and when it leaves the list: another may stand for it then.
  const there = connection !== undefined;
  useEffect(() => { void read(); }, [id, !there && connectionsRead.value]);
  return { connection, problem, gone: absent && !there, read };
}

export function Person({ id }: { id: string }) {
  const { connection, problem, gone, read } = useConnection(id);
  const showProblem = problem && !connection;
  return (
    <div class="people stack">
      <ScreenHead title={connection ? visible(connection.peer) : t('nav.people')}>
        <LinkButton href="#/people" icon={ArrowLeft}>{t('people.back')}</LinkButton>
        {connection && <PersonMenu connection={connection} />}
      </ScreenHead>
      {showProblem && <ProblemNotice problem={problem} onRetry={read} />}
      {connection ? <Story connection={connection} />
        : gone ? <div class="card"><EmptyState icon={UserX} title={t('people.gone')}>{t('people.goneText')}</EmptyState></div>
        : !problem && <Loading />}
    </div>
  );
}
