// What an upload's row says.
import { problemText } from '../api/problem_text.ts';
import { formatPercent, formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { paceText } from '../media/pace.ts';
import { type Failure, type Upload } from './upload.ts';

function failureText(failure: Failure): string {
  switch (failure.kind) {
    case 'name': return t(`upload.name.${failure.mistake}`);
    case 'no_room': return t('upload.noRoom', { size: formatSize(failure.size), free: formatSize(failure.free) });
    case 'unreadable': return t('upload.unreadable');
    case 'broken': return t('upload.broken');
    case 'refused': return problemText(failure.problem);
  }
}

export function rowText(upload: Upload): string {
  const size = upload.file.size;
  switch (upload.state) {
    case 'waiting': return `${t('upload.waiting')} · ${formatSize(size)}`;
    case 'paused': return [t('upload.paused'), upload.place?.id && formatPercent(upload.sent / size), formatSize(size)].filter(Boolean).join(' · ');
    case 'done': return `${t('upload.done')} · ${formatSize(size)}`;
    case 'failed': return upload.failure ? failureText(upload.failure) : '';
    case 'running': return upload.sent >= size ? t('upload.storing') : paceText(upload.meter, upload.sent, size);
  }
}
