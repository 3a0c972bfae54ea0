// One file of a download link: what it is, how far it is, and the button for it.
import { CircleAlert, CircleCheck, Download, X } from 'lucide-preact';
import { formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { paceText } from '../media/pace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { isUnnamed } from './downloads.ts';
import { kindOf } from './kinds.ts';
import { cancelOffer, fetchOffer, type Offer, type OfferState } from './offers.ts';
import { fits, kMostInMemory } from './saving.ts';
import { sentence } from './sentences.ts';
import { type Visit } from './visit.ts';

// What is worth being read out.
function newsOf(state: OfferState): string | undefined {
  switch (state.kind) {
    case 'begun': return t('outside.begun');
    case 'done': return t('outside.saved');
    case 'failed': return sentence(state.problem);
    case 'running': return state.waiting ? t('outside.waiting') : undefined;
    case 'ready': return undefined;
  }
}

function Acts({ one, visit, name, closed, alone }: { one: Offer; visit: Visit; name: string; closed: boolean; alone: boolean }) {
  const state = one.state.value;
  if (state.kind === 'running') return <IconButton icon={X} label={t('outside.cancel', { name })} onClick={() => cancelOffer(one)} />;
  if (closed || isUnnamed(one) || (one.sealing && !fits(one.size))) return null;
  const first = state.kind === 'ready';
  const text = t(first ? 'action.download' : state.kind === 'failed' ? 'action.retry' : 'outside.again');
  return (
    <Button icon={Download} kind={first && alone ? 'primary' : 'plain'} label={first ? t('outside.download', { name }) : `${text}: ${name}`}
      onClick={() => fetchOffer(one, visit)}>
      {text}
    </Button>
  );
}

function State({ one, name }: { one: Offer; name: string }) {
  const state = one.state.value;
  const tooLarge = one.sealing && !fits(one.size);
  return (
    <>
      {state.kind === 'running' && (
        <>
          <ProgressBar part={one.size > 0 ? state.bytes / one.size : 1} label={t('outside.progress', { name })} />
          {!state.waiting && <p class="outside-state">{paceText(one.meter, state.bytes, one.size)}</p>}
        </>
      )}
      <p class={`outside-state ${state.kind}`} role="status">
        {state.kind === 'failed' && <CircleAlert aria-hidden="true" />}
        {state.kind === 'done' && <CircleCheck aria-hidden="true" />}
        {newsOf(state)}
      </p>
      {tooLarge && <p class="outside-state failed">{t('outside.tooLargeHere', { size: formatSize(kMostInMemory) })}</p>}
    </>
  );
}

// `closed`: nothing more can be fetched.
export function OfferRow({ one, visit, closed, alone }: { one: Offer; visit: Visit; closed: boolean; alone: boolean }) {
  const { icon: Icon, text } = kindOf(one.type);
  const unnamed = isUnnamed(one);
  const name = unnamed ? t('outside.unnamed', { number: one.file.number }) : visible(one.name);
  return (
    <li class="outside-file">
      <Icon aria-hidden="true" />
      <div class="outside-about">
        <p class="outside-name">{unnamed ? name : <UserText text={one.name} />}</p>
        <p class="outside-state">{text} · {formatSize(one.size)}</p>
        <State one={one} name={name} />
      </div>
      <div class="outside-acts"><Acts one={one} visit={visit} name={name} closed={closed} alone={alone} /></div>
    </li>
  );
}
