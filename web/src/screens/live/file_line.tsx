// One of the files, in a list: what it is, its name and its size.
import { type ComponentChildren } from 'preact';
import { formatSize } from '../../i18n/format.ts';
import { kindOf } from '../../outside/kinds.ts';
import { UserText, visible } from '../../ui/text.tsx';

export function FileLine({ file: { name, size, type }, children }: { file: File; children?: ComponentChildren }) {
  const { icon: Icon } = kindOf(type);
  return (
    <li class="live-file">
      <Icon aria-hidden="true" />
      <span class="live-about grow">
        <span class="grow truncate" title={visible(name)}><UserText text={name} /></span>
        <small class="muted nowrap">{formatSize(size)}</small>
      </span>
      {children}
    </li>
  );
}
