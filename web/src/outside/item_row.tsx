// One file that is to be brought: how far it is, and what can be done about it.
import { CircleAlert, CircleCheck, RotateCw, X } from 'lucide-preact';
import { formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { paceText } from '../media/pace.ts';
import { IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { kindOf } from './kinds.ts';
import { type Item, type Sender } from './sender.ts';
import { sentence } from './sentences.ts';

// What is worth being read out.
function newsOf({ state, sent, size, holdUp, problem }: Item, paused: boolean): string {
  switch (state) {
    case 'chosen': return '';
    case 'waiting': return t(paused ? 'outside.paused' : 'outside.queued');
    case 'running': return holdUp ? t(holdUp === 'place' ? 'outside.otherUpload' : 'outside.waiting') : sent >= size ? t('outside.storing') : '';
    case 'done': return t('outside.sent');
    case 'failed': return problem ? sentence(problem) : '';
  }
}

export function ItemRow({ item, sender }: { item: Item; sender: Sender }) {
  void sender.changed.value;   // an item itself is no signal
  const { file, state } = item;
  const { icon: Icon } = kindOf(file.type);
  const name = visible(file.name);
  const moving = state === 'running' && !item.holdUp && item.sent < item.size;
  const begun = state === 'running' || (state === 'waiting' && item.sent > 0);
  const canRetry = state === 'failed' && item.problem?.code !== 'unreadable';
  return (
    <li class="outside-file">
      <Icon aria-hidden="true" />
      <div class="outside-about">
        <p class="outside-name"><UserText text={file.name} /></p>
        <p class="outside-state">{formatSize(file.size)}</p>
        {begun && <ProgressBar part={item.size > 0 ? item.sent / item.size : 1} label={t('outside.sending', { name })} />}
        {moving && <p class="outside-state">{paceText(item.meter, item.sent, item.size)}</p>}
        <p class={`outside-state ${state}`} role="status">
          {state === 'failed' && <CircleAlert aria-hidden="true" />}
          {state === 'done' && <CircleCheck aria-hidden="true" />}
          {newsOf(item, sender.paused.value)}
        </p>
      </div>
      <div class="outside-acts">
        {canRetry && <IconButton icon={RotateCw} label={t('outside.retry', { name })} onClick={() => sender.retry(item)} />}
        {state !== 'done' && <IconButton icon={X} label={t('outside.remove', { name })} onClick={() => sender.remove(item)} />}
      </div>
    </li>
  );
}
