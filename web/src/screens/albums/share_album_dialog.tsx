// Who sees an album as a whole: those who do, with a way to end it, and whoever is to see it from now on.
import { useCallback, useEffect, useState } from 'preact/hooks';
import { CircleStop, Share2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { me } from '../../api/session.ts';
import { type Album, type AlbumShare, type Asset } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { ownConnections, readConnections } from '../../data/connections.ts';
import { inParallel } from '../../data/in_parallel.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatList, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/shared_dialog.css';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Avatar } from '../../ui/pieces.tsx';
import { Ago, UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { someNames } from '../shared/effect.tsx';
import { expiryOf, kForGood } from '../shared/expiry.ts';
import { ExpiryField } from '../shared/expiry_field.tsx';
import { LocalPerson } from '../shared/local_person.tsx';
import { PartlyShared } from '../shared/partly_shared.tsx';
import { PeoplePicker } from '../shared/people_picker.tsx';
import { localsAmong, recipientsOf } from '../shared/recipients.ts';
import { type Shared } from '../shared/share_acts.ts';
import { type Strip, StripField } from '../shared/strip_field.tsx';
import { useKnownLocals } from '../shared/use_known_locals.ts';
import { shareAlbum, withdrawAlbum } from './acts.ts';

function ViewerRow({ share, onWithdrawn }: { share: AlbumShare; onWithdrawn: () => Promise<void> }) {
  const who = visible(handleOf(share.with));
  const withdraw = async () => {
    try {
      await withdrawAlbum(share);
    } catch (reason) {
      const problem = asProblem(reason);
      if (problem.status !== 404) return toast({ kind: 'danger', text: problemText(problem) });
    }
    toast({ text: t('albums.withdrawn', { who }) });
    await onWithdrawn();
  };
  return (
    <li class="list-row album-viewer">
      <Avatar name={share.with} small />
      <span class="grow share-person-text">
        <UserText text={share.with} />
        <small class="muted">
          <span>{t('shared.sharedAt')} <Ago at={share.shared_at} /></span>
          <span>{share.expires_at ? t('shared.until', { when: formatTime(share.expires_at) }) : t('shared.untilStopped')}</span>
          <span>{t(`albums.strip.${share.strip}`)}</span>
        </small>
      </span>
      <Button small icon={CircleStop} label={t('albums.withdraw', { who: visible(share.with) })} onClick={withdraw}>{t('shared.stop')}</Button>
    </li>
  );
}

function Effect({ who, until, missing }: { who: readonly string[]; until: Date | undefined; missing: boolean }) {
  const values = { who: someNames(who), people: who.length, ends: until ? 'yes' : 'no', when: until ? formatTime(until.toISOString()) : '' };
  return (
    <div class="share-effect" aria-live="polite">
      {who.length > 0 ? <p>{t('albums.effect', values)}</p>
        : <p class={missing ? 'mistake' : 'muted'} role={missing ? 'alert' : undefined}>{t('shared.dialog.nobodyChosen')}</p>}
    </div>
  );
}

function useRecipients({ shared_with: viewers }: Album) {
  const domain = domainOf(me().address);
  const known = useKnownLocals(domain);
  const [added, setAdded] = useState<string[]>([]);
  const locals = [...added, ...localsAmong(viewers, domain), ...known.recent];
  const recipients = recipientsOf(ownConnections.value, locals, [{ shared_with: viewers }]);
  return { recipients, suggestions: known.everybody, add: (address: string) => setAdded((before) => [...before, address]) };
}

interface Props {
  album: Album;
  items: readonly Asset[];             // what is in it
  onChanged: () => Promise<void>;
  onClose: () => void;
}

export function ShareAlbumDialog({ album, items, onChanged, onClose }: Props) {
  const load = useCallback((signal: AbortSignal) => call('get', '/api/albums/{id}/shares', { path: { id: album.id }, signal }), [album.id]);
  const shares = useResource(load, [load]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [choice, setChoice] = useState(kForGood);
  const [strip, setStrip] = useState<Strip>('location');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<Shared[]>([]);
  const { recipients, suggestions, add } = useRecipients(album);
  const until = expiryOf(choice);
  const wanted = recipients.filter(({ address, obstacle }) => chosen.has(address) && obstacle === undefined);
  const who = wanted.map(({ address }) => visible(handleOf(address)));
  // Whether a server answers is told by no event.
  useEffect(() => void readConnections(), []);

  const reload = async () => void await Promise.all([shares.reload(), onChanged()]);
  const choose = (address: string, isChosen: boolean) => setChosen((before) => {
    const next = new Set(before);
    if (isChosen) next.add(address);
    else next.delete(address);
    return next;
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || wanted.length === 0 || until.wrong) return;
    setBusy(true);
    const now = await inParallel(wanted, async ({ address }): Promise<Shared> => {
      try {
        await shareAlbum(album.id, address, until.at, strip);
        return { address, shares: [], problem: undefined };
      } catch (reason) {
        return { address, shares: [], problem: asProblem(reason) };
      }
    });
    setBusy(false);
    const done = now.filter(({ problem }) => !problem);
    if (done.length > 0) toast({ text: t('albums.shared', { who: someNames(done.map(({ address }) => visible(handleOf(address)))) }) });
    await reload();
    if (done.length === now.length) return onClose();
    setResults([...results, ...now]);
    setChosen(new Set(now.filter(({ problem }) => problem).map(({ address }) => address)));
  };
  const seen = shares.data?.items ?? [];
  return (
    <Dialog title={t('albums.share.title', { name: visible(album.name) })} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        {shares.problem && <ProblemNotice problem={shares.problem} onRetry={shares.reload} />}
        {seen.length > 0 && (
          <section class="stack tight" aria-labelledby="album-viewers">
            <h3 id="album-viewers" class="field-label">{t('albums.viewers')}</h3>
            <ul class="share-people list">{seen.map((share) => <ViewerRow key={share.id} share={share} onWithdrawn={reload} />)}</ul>
          </section>
        )}
        <PartlyShared results={results} />
        <PeoplePicker recipients={recipients} chosen={chosen} count={1} onChoose={choose} />
        <LocalPerson recipients={recipients} suggestions={suggestions} onAdd={(address) => { add(address); choose(address, true); }}
          onFound={(address) => choose(address, true)} />
        <ExpiryField choice={choice} onChoice={setChoice} mistake={tried && until.wrong ? t('shared.expiry.wrong') : undefined} />
        <StripField assets={items} strip={strip} onStrip={setStrip} />
        <Effect who={who} until={until.at} missing={tried && wanted.length === 0} />
        <div class="row wrap end">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind="primary" icon={Share2} busy={busy}>
            {who.length === 1 ? t('shared.dialog.go', { who: formatList(who) }) : t('action.share')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
