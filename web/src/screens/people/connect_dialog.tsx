// Asks somebody elsewhere to connect: one field that takes an address or an invite link, and why.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { me } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { ownConnections, putConnection } from '../../data/connections.ts';
import { type Key, t } from '../../i18n/index.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { cleanedPurpose, kMostPurpose, lengthOf, type PeerInput, readPeer } from './peer_input.ts';

// The connection with them that there is already, or is being made.
function existingWith(address: string): Connection | undefined {
  const theirs = ownConnections.value.filter((one) => one.peer === address);
  return theirs.find(({ state }) => ['established', 'exchanging', 'verifying'].includes(state))
    ?? theirs.find(({ state }) => state === 'pending_in');
}

function mistakeIn(peer: PeerInput): Key | undefined {
  if (peer.kind === 'nothing') return 'people.connect.empty';
  if (peer.kind === 'wrong') return `people.connect.${peer.why}`;
  if (peer.address === me().address) return 'people.connect.own';
  return domainOf(peer.address) === domainOf(me().address) ? 'people.connect.sameServer' : undefined;
}

// What the field holds, as it was understood.
function Understood({ peer, existing }: { peer: PeerInput; existing: Connection | undefined }) {
  if (peer.kind !== 'invite' && peer.kind !== 'address') return null;
  const names = { peer: visible(handleOf(peer.address)), address: visible(peer.address) };
  if (existing) {
    return (
      <Notice title={t(existing.state === 'pending_in' ? 'people.connect.asksAlready' : 'people.connect.existing', names)}>
        <div><LinkButton small href={`#/people/${existing.id}`}>{t('people.connect.open')}</LinkButton></div>
      </Notice>
    );
  }
  if (peer.kind === 'address') return null;
  return (
    <Notice kind="ok" title={t('people.connect.invite', names)}>
      <p><strong><UserText text={peer.address} /></strong></p>
      <p>{t('people.connect.inviteText', names)}</p>
    </Notice>
  );
}

function Purpose({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const left = kMostPurpose - lengthOf(cleanedPurpose(value));
  return (
    <TextArea label={t('people.connect.purpose')} value={value} onValue={onValue}
      hint={<>{t('people.connect.purposeHint')} <span class="nowrap">{t('people.connect.left', { n: Math.max(0, left) })}</span></>}
      mistake={left < 0 ? t('people.connect.tooLong', { n: -left }) : undefined} />
  );
}

export function ConnectDialog({ invite = '', onClose }: { invite?: string | undefined; onClose: () => void }) {
  const [typed, setTyped] = useState(invite);
  const [purpose, setPurpose] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [, navigate] = useLocation();
  const peer = readPeer(typed);
  const mistake = mistakeIn(peer);
  const existing = mistake ? undefined : existingWith('address' in peer ? peer.address : '');
  const why = cleanedPurpose(purpose);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (mistake || existing || busy || lengthOf(why) > kMostPurpose || !('address' in peer)) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const body = peer.kind === 'invite' ? { invite: peer.link, purpose: why } : { peer: peer.address, purpose: why };
      const made = await call('post', '/api/connections', { body, once: true });
      putConnection(made);
      onClose();
      navigate(`/people/${made.id}`);
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  // Half an address is no mistake yet; one's own is.
  const told = mistake && (tried || 'address' in peer) ? t(mistake) : undefined;
  return (
    <Dialog title={t('people.connect')} onClose={onClose}>
      <form class="stack" onSubmit={send} noValidate>
        <div class="stack tight">
          <TextField label={t('people.connect.peer')} hint={t('people.connect.peerHint')} mistake={told} value={typed}
            onValue={(value) => { setTyped(value); setTried(false); }} autofocus
            autocomplete="off" autocapitalize="none" spellcheck={false} inputMode="email" />
          <div aria-live="polite"><Understood peer={peer} existing={existing} /></div>
        </div>
        <Purpose value={purpose} onValue={setPurpose} />
        {problem && <ProblemNotice problem={problem} />}
        <div class="row wrap end">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind="primary" busy={busy} disabled={existing !== undefined}>
            {t(peer.kind === 'invite' ? 'people.connect.go' : 'people.connect.send')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
