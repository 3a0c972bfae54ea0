// Files of this device that will be put into a link.
import { X } from 'lucide-preact';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { kindOf } from '../../outside/kinds.ts';
import { Picker, useDrop } from '../../outside/picker.tsx';
import { IconButton } from '../../ui/button.tsx';
import { UserText, visible } from '../../ui/text.tsx';

function Row({ file, onRemove }: { file: File; onRemove: () => void }) {
  const { icon: Icon } = kindOf(file.type);
  const name = visible(file.name);
  return (
    <li class="give-file">
      <Icon aria-hidden="true" />
      <span class="grow truncate" title={name}><UserText text={file.name} /></span>
      <small class="muted nowrap">{formatSize(file.size)}</small>
      <IconButton small icon={X} label={t('outside.remove', { name })} onClick={onRemove} />
    </li>
  );
}

export function FileChoice({ files, onFiles }: { files: readonly File[]; onFiles: (files: readonly File[]) => void }) {
  const add = (more: File[]) => onFiles([...files, ...more]);
  const over = useDrop(add);
  const size = formatSize(files.reduce((sum, file) => sum + file.size, 0));
  return (
    <div class="stack tight">
      <Picker many empty={files.length === 0} over={over} onFiles={add} />
      {files.length > 0 && (
        <ul class="give-files list" aria-label={t('exchanges.chosenFiles')}>
          {files.map((file, at) => <Row key={`${at} ${file.name}`} file={file} onRemove={() => onFiles(files.filter((one) => one !== file))} />)}
        </ul>
      )}
      <p role="status" class={files.length > 0 ? '' : 'visually-hidden'}>{files.length > 0 ? t('exchanges.chosen', { n: files.length, size }) : ''}</p>
    </div>
  );
}
