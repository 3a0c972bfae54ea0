// One file of a live link: what it is, how far it is, and the button for it.
import { CircleAlert, CircleCheck, Download, type LucideIcon, RotateCw, X } from 'lucide-preact';
import { formatSize, formatSpeed } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { type LiveDownload } from '../live/fetching.ts';
import { paceText } from '../media/pace.ts';
import { kindOf } from '../outside/kinds.ts';
import { kMostInMemory } from '../outside/saving.ts';
import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { type Fetches } from './fetches.ts';
import { type Line, type LineState } from './line.ts';
import { sentence } from './sentences.ts';

// What is worth being read out.
function newsOf(state: LineState, person: string): string {
  switch (state.kind) {
    case 'ready': case 'receiving': return '';
    case 'failed': return sentence(state.problem, person);
    default: return t(`livePage.state.${state.kind}`, { person });
  }
}

interface Act { text: string; label: string; icon: LucideIcon }

// It is the same button all along, so that whoever uses the keyboard stays where they are.
function actOf(line: Line, name: string): Act {
  if (line.busy) return { text: t('livePage.cancel'), label: t('livePage.cancel.which', { name }), icon: X };
  const named = (text: string, icon: LucideIcon) => ({ text, label: `${text}: ${name}`, icon });
  switch (line.state.value.kind) {
    case 'failed': return named(t('action.retry'), RotateCw);
    case 'done': return named(t('livePage.again'), Download);
    default: return { text: t('action.download'), label: t('livePage.download', { name }), icon: Download };
  }
}

function Pace({ download, size, name, moving }: { download: LiveDownload; size: number | null; name: string; moving: boolean }) {
  const received = download.received.value;
  const { meter } = download;
  const soFar = () => [formatSize(received), meter.speed !== undefined && formatSpeed(meter.speed)].filter(Boolean).join(' · ');
  return (
    <>
      {size !== null && <ProgressBar part={size > 0 ? received / size : 1} label={t('livePage.progress', { name })} />}
      {moving && <p class="outside-state">{size === null ? soFar() : paceText(meter, received, size)}</p>}
    </>
  );
}

// `closed`: nothing more can be fetched.
export function LineRow({ line, fetches, person, closed, alone }: { line: Line; fetches: Fetches; person: string; closed: boolean; alone: boolean }) {
  const { file, busy, tooLarge } = line;
  const state = line.state.value;
  const download = line.download.value;
  const { icon: Icon, text: kind } = kindOf(file.type);
  const name = visible(file.name);
  const { text, label, icon } = actOf(line, name);
  const size = file.size ?? (state.kind === 'done' ? download?.received.value : undefined);
  return (
    <li class="outside-file">
      <Icon aria-hidden="true" />
      <div class="outside-about">
        <p class="outside-name"><UserText text={file.name} /></p>
        <p class="outside-state">{kind} · {size === undefined ? t('livePage.sizeUnknown') : formatSize(size)}</p>
        {busy && download && state.kind !== 'queued' && <Pace download={download} size={file.size} name={name} moving={state.kind === 'receiving'} />}
        <p class={`outside-state ${state.kind}`} role="status">
          {state.kind === 'failed' && <CircleAlert aria-hidden="true" />}
          {state.kind === 'done' && <CircleCheck aria-hidden="true" />}
          {newsOf(state, person)}
        </p>
        {tooLarge && <p class="outside-state failed">{t('livePage.tooLargeHere', { size: formatSize(kMostInMemory) })}</p>}
      </div>
      <div class="outside-acts">
        {(busy || (!closed && !tooLarge)) && (
          <Button icon={icon} label={label} kind={alone && state.kind === 'ready' ? 'primary' : 'plain'}
            onClick={() => { if (busy) line.cancel(); else void fetches.fetch(line); }}>
            {text}
          </Button>
        )}
      </div>
    </li>
  );
}
