// Shows files to people: whom, until when, and what that lets them do. Nobody loses what they have already: files that
// somebody can see keep their own end.
import { useEffect, useState } from 'preact/hooks';
import { Share2 } from 'lucide-preact';
import { me } from '../../api/session.ts';
import { type Asset } from '../../api/types.ts';
import { domainOf, handleOf } from '../../data/address.ts';
import { ownConnections, readConnections } from '../../data/connections.ts';
import { inParallel } from '../../data/in_parallel.ts';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/shared_dialog.css';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { visible } from '../../ui/text.tsx';
import { Effect } from './effect.tsx';
import { expiryOf, kForGood } from './expiry.ts';
import { ExpiryField } from './expiry_field.tsx';
import { LocalPerson } from './local_person.tsx';
import { PartlyShared } from './partly_shared.tsx';
import { PeoplePicker } from './people_picker.tsx';
import { localsAmong, recipientsOf } from './recipients.ts';
import { type Shared, shareWith } from './share_acts.ts';
import { tellShared } from './share_news.ts';
import { type Strip, StripField } from './strip_field.tsx';
import { useKnownLocals } from './use_known_locals.ts';

function titleOf(assets: readonly Asset[]): string {
  const [only] = assets;
  return assets.length === 1 && only ? t('shared.dialog.one', { name: visible(only.name) }) : t('shared.dialog.many', { n: assets.length });
}

// With what was just shared.
function afterSharing(assets: readonly Asset[], results: readonly Shared[]): Asset[] {
  return assets.map((asset) => {
    const seenBy = results.filter(({ shares }) => shares.some((share) => share.asset_id === asset.id)).map(({ address }) => address);
    return seenBy.length > 0 ? { ...asset, shared_with: [...new Set([...asset.shared_with, ...seenBy])] } : asset;
  });
}

function useRecipients(assets: readonly Asset[]) {
  const domain = domainOf(me().address);
  const known = useKnownLocals(domain);
  const [added, setAdded] = useState<string[]>([]);
  const holders = localsAmong(assets.flatMap((asset) => asset.shared_with), domain);
  const recipients = recipientsOf(ownConnections.value, [...added, ...holders, ...known.recent], assets);
  const add = (address: string) => setAdded((before) => [...before, address]);
  return { recipients, add, suggestions: known.everybody };
}

export function ShareDialog({ assets, onClose }: { assets: readonly Asset[]; onClose: () => void }) {
  const [files, setFiles] = useState<readonly Asset[]>(assets);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [choice, setChoice] = useState(kForGood);
  const [strip, setStrip] = useState<Strip>('location');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<Shared[]>([]);
  const { recipients, add, suggestions } = useRecipients(files);
  const until = expiryOf(choice);
  const wanted = recipients.filter(({ address, obstacle }) => chosen.has(address) && obstacle === undefined);
  // Whether a server answers is told by no event.
  useEffect(() => void readConnections(), []);

  const close = () => {
    if (busy) return;
    tellShared(results, ownConnections.value);
    onClose();
  };
  // A name may still be looked up while others are chosen.
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
    const missing = (address: string) => files.filter((asset) => !asset.shared_with.includes(address)).map(({ id }) => id);
    const now = await inParallel(wanted, ({ address }) => shareWith(address, missing(address), until.at, strip));
    const all = [...results, ...now];
    setBusy(false);
    if (now.every(({ problem }) => !problem)) {
      tellShared(all, ownConnections.value);
      return onClose();
    }
    setResults(all);
    setFiles(afterSharing(files, now));
    setChosen(new Set(now.filter(({ problem }) => problem).map(({ address }) => address)));
  };
  const who = wanted.map(({ address }) => visible(handleOf(address)));
  return (
    <Dialog title={titleOf(assets)} onClose={close}>
      <form class="stack" onSubmit={submit} noValidate>
        <PartlyShared results={results} />
        <PeoplePicker recipients={recipients} chosen={chosen} count={files.length} onChoose={choose} />
        <LocalPerson recipients={recipients} suggestions={suggestions} onAdd={(address) => { add(address); choose(address, true); }}
          onFound={(address) => choose(address, true)} />
        <ExpiryField choice={choice} onChoice={setChoice} mistake={tried && until.wrong ? t('shared.expiry.wrong') : undefined} />
        <StripField assets={files} strip={strip} onStrip={setStrip} />
        <Effect who={who} assets={files} until={until.at} missing={tried && wanted.length === 0} />
        <div class="row wrap end">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button submit kind="primary" icon={Share2} busy={busy}>
            {who.length === 1 ? t('shared.dialog.go', { who: formatList(who) }) : t('action.share')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
