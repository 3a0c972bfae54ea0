// Downloads that the page writes to disk itself, as rows of the panel.
import { CircleAlert, CircleCheck, Clock, Download as DownloadIcon, type LucideIcon, RotateCw, X } from 'lucide-preact';
import { formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { download } from './download.ts';
import { cancelDownload, type Download, type DownloadState, isOver } from './downloads.ts';
import { paceText } from './pace.ts';
import { contentProblemText } from './problem.ts';

const kIcons: Record<DownloadState['kind'], LucideIcon> = { waiting: Clock, running: DownloadIcon, done: CircleCheck, failed: CircleAlert };

function textOf({ item, meter }: Download, state: DownloadState): string {
  switch (state.kind) {
    case 'waiting': return `${t('download.waiting')} · ${formatSize(item.size)}`;
    case 'running': return paceText(meter, state.bytes, item.size);
    case 'done': return `${t('download.done')} · ${formatSize(item.size)}`;
    case 'failed': return state.problem.code === 'broken' ? t('download.broken') : contentProblemText(item, state.problem);
  }
}

export function DownloadRow({ one }: { one: Download }) {
  const { item } = one;
  const state = one.state.value;
  const Icon = kIcons[state.kind];
  const name = visible(item.name);
  const over = isOver(state);
  const again = () => {
    cancelDownload(one);
    void download([item]);
  };
  return (
    <li class={`transfer ${state.kind}`}>
      <Icon aria-hidden="true" />
      <div class="grow">
        <p class="truncate" title={name}><UserText text={item.name} /></p>
        {state.kind === 'running' && <ProgressBar part={item.size > 0 ? state.bytes / item.size : 1} label={t('download.progress', { name })} />}
        <p class="transfer-state">{textOf(one, state)}</p>
      </div>
      {state.kind === 'failed' && <IconButton small icon={RotateCw} label={t('download.again', { name })} onClick={again} />}
      <IconButton small icon={X} label={t(over ? 'download.dismiss' : 'download.cancel', { name })} onClick={() => cancelDownload(one)} />
    </li>
  );
}
