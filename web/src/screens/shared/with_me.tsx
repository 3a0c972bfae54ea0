// What others share with me, by person. It is there at once, as told last; each person's server is asked beside that.
import { UserPlus, Users } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { connectionsRead, ownConnections } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Avatar } from '../../ui/pieces.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { someNames } from './effect.tsx';
import { type PersonGroup, sharedByPeople, type SharedItem } from './groups.ts';
import { useSharedWithMe } from './lists.ts';
import { PersonCard } from './person_card.tsx';
import { TrustChips } from './person_head.tsx';
import { personHref } from './paths.ts';
import { ReachLine } from './reach.tsx';
import { CardSkeletons } from './skeletons.tsx';
import { usePeerChecks } from './use_peer_checks.ts';

type Group = PersonGroup<SharedItem>;

function Silent({ groups }: { groups: Group[] }) {
  if (groups.length === 0) return null;
  return (
    <section class="stack tight" aria-labelledby="shared-silent">
      <h2 id="shared-silent">{t('shared.silent')}</h2>
      <ul class="card flush list">
        {groups.map(({ address, connection }) => (
          <li key={address} class="list-row shared-silent">
            <Avatar name={address} small />
            <span class="grow shared-head-text">
              <a href={personHref('with-me', address)}><UserText text={address} /></a>
              {connection && <small class="muted"><ReachLine connection={connection} /></small>}
            </span>
            <TrustChips connection={connection} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Nothing({ silent }: { silent: Group[] }) {
  const names = someNames(silent.map(({ address }) => visible(handleOf(address))));
  return (
    <EmptyState icon={Users} title={t('shared.nothing')}
      actions={silent.length === 0 && <LinkButton kind="primary" icon={UserPlus} href="#/people">{t('shared.connect')}</LinkButton>}>
      {silent.length > 0 ? t('shared.nothingYet', { n: silent.length, who: names }) : t('shared.nothingText')}
    </EmptyState>
  );
}

export function WithMe() {
  useMinute();
  const list = useSharedWithMe();
  const connections = ownConnections.value;
  usePeerChecks(connections.filter(({ state }) => state === 'established'));
  const groups = sharedByPeople(list.items.value, connections, Date.now());
  const sharing = groups.filter(({ items }) => items.length > 0);
  const silent = groups.filter(({ items }) => items.length === 0);
  const problem = list.problem.value;
  if (!list.started.value || !connectionsRead.value) {
    return problem ? <ProblemNotice problem={problem} onRetry={() => list.refresh()} /> : <CardSkeletons />;
  }
  return (
    <div class="stack">
      {problem && <ProblemNotice problem={problem} onRetry={() => list.refresh()} />}
      {sharing.length === 0 && <Nothing silent={silent} />}
      {sharing.map((group) => <PersonCard key={group.address} group={group} />)}
      <Silent groups={silent} />
      {list.cut.value && <p class="muted">{t('shared.cut', { n: list.items.value.length })}</p>}
    </div>
  );
}
