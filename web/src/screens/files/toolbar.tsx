// What is listed and how: kind, search, grid or list.
import { useEffect, useState } from 'preact/hooks';
import { LayoutGrid, List, Search, X } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { kKinds } from '../../media/item.ts';
import { IconButton } from '../../ui/button.tsx';
import { type FilesModel } from './model.ts';

const kPause = 250;  // milliseconds without typing before it is searched

function SearchField({ model }: { model: FilesModel }) {
  const { name } = model.query.value;
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  useEffect(() => {
    if (text.trim() === name) return undefined;
    const timer = setTimeout(() => model.filter({ name: text.trim() }), kPause);
    return () => clearTimeout(timer);
  }, [text]);
  const clear = () => {
    setText('');
    model.filter({ name: '' });
  };
  return (
    <div class="search" role="search">
      <Search aria-hidden="true" />
      <input class="input" type="search" enterKeyHint="search" aria-label={t('files.search')} placeholder={t('files.search')}
        value={text} maxLength={255} onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') model.filter({ name: text.trim() });
          if (event.key === 'Escape' && text) { event.stopPropagation(); event.preventDefault(); clear(); }
        }} />
      {text && <IconButton small icon={X} label={t('files.search.clear')} onClick={clear} />}
    </div>
  );
}

export function Toolbar({ model }: { model: FilesModel }) {
  const { kind } = model.query.value;
  const view = model.view.value;
  return (
    <div class="files-toolbar">
      <div class="kinds" role="group" aria-label={t('files.kinds')}>
        {[undefined, ...kKinds].map((one) => (
          <button key={one ?? 'all'} type="button" class="button small" aria-pressed={kind === one} onClick={() => model.filter({ kind: one })}>
            {t(`files.kinds.${one ?? 'all'}`)}
          </button>
        ))}
      </div>
      <SearchField model={model} />
      <div class="segmented" role="group" aria-label={t('files.view')}>
        <IconButton icon={LayoutGrid} label={t('files.view.grid')} pressed={view === 'grid'} onClick={() => model.show('grid')} />
        <IconButton icon={List} label={t('files.view.list')} pressed={view === 'list'} onClick={() => model.show('list')} />
      </div>
    </div>
  );
}
