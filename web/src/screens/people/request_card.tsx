// Somebody elsewhere asks to connect: everything one has to know to decide, and what each answer leads to.
import { useEffect, useId } from 'preact/hooks';
import { Ban, Check, X } from 'lucide-preact';
import { type Connection } from '../../api/types.ts';
import { handleOf } from '../../data/address.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { formatDate } from '../../i18n/format.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Avatar, Fingerprint } from '../../ui/pieces.tsx';
import { Ago, UserText } from '../../ui/text.tsx';
import { acknowledge, earlierFingerprint } from './seen.ts';
import { namesOf } from './who.ts';

export interface RequestActs {
  onApprove: (request: Connection) => Promise<void>;
  onDecline: (request: Connection) => Promise<void>;
  onBlock?: ((request: Connection) => Promise<void>) | undefined;  // admins
}

function Facts({ request }: { request: Connection }) {
  const names = namesOf(request);
  const { name, domain } = request.peer_instance;
  return (
    <dl class="facts request-facts">
      <dt>{t('people.request.from')}</dt>
      <dd><UserText text={domain} />{name && <span class="muted"> · <UserText text={name} /></span>}</dd>
      <dt>{t('people.request.purpose')}</dt>
      <dd>
        {request.purpose ? <blockquote class="purpose"><UserText text={request.purpose} /></blockquote> : <span class="muted">{t('people.request.noPurpose')}</span>}
        {request.purpose && <small class="muted">{t('people.request.purposeNote', names)}</small>}
      </dd>
      {request.fingerprint && (
        <>
          <dt>{t('people.fingerprint')}</dt>
          <dd><Fingerprint text={request.fingerprint} /><small class="muted">{t('people.request.fingerprintNote', names)}</small></dd>
        </>
      )}
      {request.expires_at && (
        <>
          <dt>{t('people.request.until')}</dt>
          <dd>{formatDate(request.expires_at)}</dd>
        </>
      )}
    </dl>
  );
}

// Another fingerprint than these two people, or this server, had before.
function Changed({ request, before }: { request: Connection; before: string }) {
  return (
    <Notice kind="danger" role="alert" title={t('people.request.changed')}>
      <p>{t('people.request.changedText', namesOf(request))}</p>
      <p class="muted">{t('people.request.before')}</p>
      <Fingerprint text={before} />
      <div><Button small onClick={() => acknowledge(request)}>{t('people.request.acknowledge')}</Button></div>
    </Notice>
  );
}

function Act({ children, effect }: { children: (describedBy: string) => preact.ComponentChild; effect: string }) {
  const id = useId();
  return <div class="act">{children(id)}<p class="act-effect" id={id}>{effect}</p></div>;
}

function Acts({ request, acts, settled, blocked }: { request: Connection; acts: RequestActs; settled: string; blocked: boolean }) {
  const names = namesOf(request);
  const { onApprove, onDecline, onBlock } = acts;
  return (
    <div class={`acts${settled}`}>
      <Act effect={t('people.request.approveEffect', names)}>
        {(by) => <Button kind="primary" wide icon={Check} describedBy={by} disabled={blocked} label={t('people.request.approveWho', names)}
          onClick={() => onApprove(request)}>{t('people.request.approve')}</Button>}
      </Act>
      <Act effect={t('people.request.declineEffect', names)}>
        {(by) => <Button wide icon={X} describedBy={by} label={t('people.request.declineWho', names)}
          onClick={() => onDecline(request)}>{t('people.request.decline')}</Button>}
      </Act>
      {onBlock && (
        <Act effect={t('people.request.blockEffect', names)}>
          {(by) => <Button kind="danger" wide icon={Ban} describedBy={by} label={t('people.request.blockWho', names)}
            onClick={() => onBlock(request)}>{t('people.request.block')}</Button>}
        </Act>
      )}
    </div>
  );
}

// `settled`: see use_settled.ts.
export function RequestCard({ request, acts, settled, heading: Heading = 'h3' }: {
  request: Connection; acts: RequestActs; settled: string; heading?: 'h2' | 'h3';
}) {
  const heading = useId();
  const before = earlierFingerprint(request);
  useEffect(() => { if (!before) acknowledge(request); }, [before, request.fingerprint]);
  const names = namesOf(request);
  return (
    <article class={`card stack request${before ? ' changed' : ''}`} aria-labelledby={heading}>
      <header class="row request-head">
        <Avatar name={handleOf(request.peer)} />
        <div class="grow">
          <Heading class="request-who" id={heading}><UserText text={request.peer} /></Heading>
          <p>{isOwn(request) ? t('people.request.asksYou', names) : t('people.request.asksOther', names)}</p>
          <small class="muted"><Ago at={request.created_at} /></small>
        </div>
      </header>
      <Facts request={request} />
      {before && <Changed request={request} before={before} />}
      <p>{t('people.request.sharesNothing', names)}</p>
      <Acts request={request} acts={acts} settled={settled} blocked={before !== undefined} />
    </article>
  );
}
