// What is on its way into a link: in the list as one bar, in dialogs file by file.
import { CircleAlert, CircleCheck, Clock, type LucideIcon, Pause, Play, RotateCw, Upload, X } from 'lucide-preact';
import { problemText } from '../../api/problem_text.ts';
import { type Problem } from '../../api/problem.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { paceText } from '../../media/pace.ts';
import { type Item, type ItemState, type Sender } from '../../outside/sender.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ProgressBar } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { type Sending } from './sendings.ts';

const partOf = (items: readonly Item[]) => {
  const size = items.reduce((sum, item) => sum + item.size, 0);
  return size > 0 ? items.reduce((sum, item) => sum + item.sent, 0) / size : 0;
};

// In the list. What failed is told as well: it waits for an answer.
export function SendingBar({ sending: { sender } }: { sending: Sending }) {
  void sender.changed.value;   // items are no signals
  const failed = sender.items.filter(({ state }) => state === 'failed').length;
  return (
    <div class="exchange-sending">
      <ProgressBar part={partOf(sender.items)} label={t('exchanges.sending.all')} kind={failed > 0 ? 'danger' : ''} />
      <small class={failed > 0 ? 'mistake' : 'muted'}>{failed > 0 ? t('exchanges.sending.failed', { n: failed }) : t('exchanges.sending.stay')}</small>
    </div>
  );
}

const kIcons: Record<ItemState, LucideIcon> = { chosen: Clock, waiting: Clock, running: Upload, done: CircleCheck, failed: CircleAlert };

function failureText(problem: Problem | undefined): string {
  if (!problem) return '';
  return problem.code === 'unreadable' ? t('upload.unreadable') : problemText(problem);
}

function stateText({ file, state, sent, size, holdUp, meter, problem }: Item, paused: boolean): string {
  const besides = (text: string) => `${text} · ${formatSize(file.size)}`;
  switch (state) {
    case 'chosen':
    case 'waiting': return besides(t(paused ? 'outside.paused' : 'outside.queued'));
    case 'running': return holdUp ? t(holdUp === 'place' ? 'outside.otherUpload' : 'outside.waiting') : sent >= size ? t('outside.storing') : besides(paceText(meter, sent, size));
    case 'done': return besides(t('exchanges.sending.there'));
    case 'failed': return failureText(problem);
  }
}

function SendingRow({ item, sender }: { item: Item; sender: Sender }) {
  void sender.changed.value;
  const { file, state } = item;
  const Icon = kIcons[state];
  const name = visible(file.name);
  const begun = state === 'running' || (state === 'waiting' && item.sent > 0);
  return (
    <li class={`transfer ${state}`}>
      <Icon aria-hidden="true" />
      <div class="grow">
        <p class="truncate" title={name}><UserText text={file.name} /></p>
        {begun && <ProgressBar part={item.size > 0 ? item.sent / item.size : 1} label={t('outside.sending', { name })} />}
        <p class="transfer-state">{stateText(item, sender.paused.value)}</p>
      </div>
      {state === 'failed' && item.problem?.code !== 'unreadable' && <IconButton small icon={RotateCw} label={t('outside.retry', { name })} onClick={() => sender.retry(item)} />}
      {state !== 'done' && <IconButton small icon={X} label={t('outside.remove', { name })} onClick={() => sender.remove(item)} />}
    </li>
  );
}

// What it has come to, and what is to be done.
function Standing({ items, busy, through }: { items: readonly Item[]; busy: boolean; through: boolean }) {
  const n = items.length;
  if (through) return <Notice kind={n > 0 ? 'ok' : 'warn'} title={t(n > 0 ? 'exchanges.sending.done' : 'exchanges.sending.nothing', { n })} />;
  const failed = items.filter(({ state }) => state === 'failed').length;
  if (failed > 0 && !busy) return <Notice kind="danger" title={t('exchanges.sending.stopped', { n: failed })}><p>{t('exchanges.sending.stoppedText')}</p></Notice>;
  return <Notice kind="warn" title={t('exchanges.sending.stay')}><p>{t('exchanges.sending.stayText')}</p></Notice>;
}

export function SendingList({ sending: { sender, done } }: { sending: Sending }) {
  void sender.changed.value;
  const { items } = sender;
  const through = done.value;
  return (
    <section class="stack tight" aria-label={t('exchanges.sending.all')}>
      <div role="status"><Standing items={[...items]} busy={sender.busy} through={through} /></div>
      {items.length > 0 && <ul class="exchange-transfers">{items.map((item) => <SendingRow key={item.id} item={item} sender={sender} />)}</ul>}
      {!through && sender.busy && (
        <div>{sender.paused.value ? <Button small icon={Play} onClick={() => sender.start()}>{t('outside.resume')}</Button>
          : <Button small icon={Pause} onClick={() => sender.pause()}>{t('outside.pause')}</Button>}</div>
      )}
    </section>
  );
}
