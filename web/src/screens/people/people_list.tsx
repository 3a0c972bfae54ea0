// Everybody this person has to do with: requests that wait on top, then connections, then what is over.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Link2, QrCode, ServerCog, UserPlus, Users } from 'lucide-preact';
import { isAdmin, me } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { connections, connectionsProblem, connectionsRead, readConnections } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { requestNews, waitingRequests } from '../../shell/requests.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText } from '../../ui/text.tsx';
import { ConnectDialog } from './connect_dialog.tsx';
import { ConnectionRow } from './connection_row.tsx';
import { Earlier } from './earlier.tsx';
import { IdentityCard } from './identity_card.tsx';
import { instanceAlerts, useInstances } from './instances_list.ts';
import { InviteDialog } from './invite_dialog.tsx';
import { RequestCard } from './request_card.tsx';
import { hasEnded, turnOf } from './story.ts';
import { useRequestActs } from './use_request_acts.ts';
import { useSettled } from './use_settled.ts';

const kAtOnce = 100;
const kFirst = ['you', 'them', 'servers', 'nobody'];

function Requests() {
  const heading = useRef<HTMLHeadingElement>(null);
  const acts = useRequestActs(() => (heading.current ?? document.querySelector('main'))?.focus());
  // The oldest first: one that comes in moves nothing.
  const requests = [...waitingRequests.value].reverse();
  const settled = useSettled(requests.map((one) => one.id).join());
  if (requests.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="people-requests">
      <h2 id="people-requests" ref={heading} tabIndex={-1}>{t('people.requests', { n: requests.length })}</h2>
      {requests.map((one) => <RequestCard key={one.id} request={one} acts={acts} settled={settled} />)}
    </section>
  );
}

function Actives({ actives }: { actives: Connection[] }) {
  const [shown, setShown] = useState(kAtOnce);
  if (actives.length === 0) return null;
  const sorted = [...actives].sort((a, b) => kFirst.indexOf(turnOf(a)) - kFirst.indexOf(turnOf(b)) || a.peer.localeCompare(b.peer));
  return (
    <section class="stack tight" aria-labelledby="people-connections">
      <h2 id="people-connections">{t('people.connections')}</h2>
      <ul class="card flush list">{sorted.slice(0, shown).map((one) => <ConnectionRow key={one.id} connection={one} />)}</ul>
      {sorted.length > shown && <div><Button onClick={() => setShown(shown + kAtOnce)}>{t('action.loadMore')}</Button></div>}
    </section>
  );
}

function Nobody({ onConnect, onInvite }: { onConnect: () => void; onInvite: () => void }) {
  const { address } = me();
  return (
    <div class="card">
      <EmptyState icon={Users} title={t('people.empty')} actions={
        <>
          <Button kind="primary" icon={QrCode} onClick={onInvite}>{t('people.emptyInvite')}</Button>
          <Button icon={UserPlus} onClick={onConnect}>{t('people.emptyConnect')}</Button>
        </>
      }>
        {t('people.emptyText')}
      </EmptyState>
      <p class="row wrap people-empty-own"><span>{t('people.emptyOwn')} <strong><UserText text={address} /></strong></span> <CopyButton text={address} /></p>
    </div>
  );
}

function Everybody({ onConnect, onInvite }: { onConnect: () => void; onInvite: () => void }) {
  const all = connections.value;
  const actives = all.filter((one) => !hasEnded(one) && one.state !== 'pending_in');
  const ended = all.filter(hasEnded);
  if (!connectionsRead.value) return connectionsProblem.value ? null : <Loading />;
  return (
    <>
      <Requests />
      <Actives actives={actives} />
      {actives.length === 0 && waitingRequests.value.length === 0 && <Nobody onConnect={onConnect} onInvite={onInvite} />}
      <Earlier ended={ended} actives={[...actives, ...waitingRequests.value]} />
    </>
  );
}

function InstancesLink() {
  useInstances();
  const n = instanceAlerts.value;
  return (
    <LinkButton href="#/people/servers" icon={ServerCog}>
      {t('people.instances')}
      {n > 0 && <span class="badge"><span aria-hidden="true">{n}</span><span class="visually-hidden">{t('people.instances.alerts', { n })}</span></span>}
    </LinkButton>
  );
}

export function PeopleList({ invite, onInviteTaken }: { invite: string | undefined; onInviteTaken: () => void }) {
  const [dialog, setDialog] = useState<'connect' | 'invite'>();
  // A link may also be opened while this is shown.
  useEffect(() => { if (invite) setDialog('connect'); }, [invite]);
  const close = () => {
    setDialog(undefined);
    onInviteTaken();
  };
  const problem = connectionsProblem.value;
  return (
    <div class="people stack loose">
      <ScreenHead title={t('nav.people')}>
        {isAdmin() && <InstancesLink />}
        <Button icon={QrCode} onClick={() => setDialog('invite')}>{t('people.invite')}</Button>
        <Button kind="primary" icon={Link2} onClick={() => setDialog('connect')}>{t('people.connect')}</Button>
      </ScreenHead>
      <p class="visually-hidden" role="status">{requestNews.value}</p>
      {problem && <ProblemNotice problem={problem} onRetry={readConnections} />}
      <Everybody onConnect={() => setDialog('connect')} onInvite={() => setDialog('invite')} />
      <IdentityCard />
      {dialog === 'connect' && <ConnectDialog key={invite} invite={invite} onClose={close} />}
      {dialog === 'invite' && <InviteDialog onClose={close} />}
    </div>
  );
}
