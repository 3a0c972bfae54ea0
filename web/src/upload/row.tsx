// One upload in the panel: what it is, how far it is, what can be done about it.
import { CircleAlert, CircleCheck, Clock, type LucideIcon, Pause, Play, RotateCw, Upload as UploadIcon, X } from 'lucide-preact';
import { type Key, t } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { canRetry, type Upload, type UploadState } from './upload.ts';
import { rowText } from './texts.ts';
import { uploads } from './uploads.ts';

const kIcons: Record<UploadState, LucideIcon> = { waiting: Clock, paused: Pause, running: UploadIcon, done: CircleCheck, failed: CircleAlert };

interface Act { icon: LucideIcon; text: Key; act: () => void }

function actsFor(upload: Upload): Act[] {
  const cancel = { icon: X, text: 'upload.cancel', act: () => uploads.cancel(upload) } as const;
  switch (upload.state) {
    case 'waiting':
    case 'running': return [{ icon: Pause, text: 'upload.pause', act: () => uploads.pause(upload) }, cancel];
    case 'paused': return [{ icon: Play, text: 'upload.resume', act: () => uploads.resume(upload) }, cancel];
    case 'failed': {
      const dismiss = { ...cancel, text: 'upload.dismiss' } as const;
      return canRetry(upload) ? [{ icon: RotateCw, text: 'upload.again', act: () => uploads.retry(upload) }, dismiss] : [dismiss];
    }
    case 'done': return [];
  }
}

export function UploadRow({ upload }: { upload: Upload }) {
  void uploads.changed.value;   // an upload itself is no signal
  const { state, sent, file } = upload;
  const Icon = kIcons[state];
  const name = visible(upload.name);
  return (
    <li class={`transfer ${state}`}>
      <Icon aria-hidden="true" />
      <div class="grow">
        <p class="truncate" title={name}><UserText text={upload.name} /></p>
        {state === 'running' && <ProgressBar part={file.size > 0 ? sent / file.size : 1} label={t('upload.progress', { name })} />}
        <p class="transfer-state">{rowText(upload)}</p>
      </div>
      {actsFor(upload).map(({ icon, text, act }) => <IconButton key={text} small icon={icon} label={t(text, { name })} onClick={act} />)}
    </li>
  );
}
