// Which of somebody's files are shown: a kind, a text in the name.
import { useEffect, useState } from 'preact/hooks';
import { Search, X } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { kKinds } from '../../media/item.ts';
import { IconButton } from '../../ui/button.tsx';
import { type PersonQuery } from './matches.ts';

const kPause = 300;  // milliseconds without typing before it is searched

export function FilterBar({ query, onQuery }: { query: PersonQuery; onQuery: (query: PersonQuery) => void }) {
  const { kind, name } = query;
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  useEffect(() => {
    if (text.trim() === name) return undefined;
    const timer = setTimeout(() => onQuery({ kind, name: text.trim() }), kPause);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="files-toolbar">
      <div class="kinds" role="group" aria-label={t('files.kinds')}>
        {[undefined, ...kKinds].map((one) => (
          <button key={one ?? 'all'} type="button" class="button small" aria-pressed={kind === one} onClick={() => onQuery({ kind: one, name })}>
            {t(`files.kinds.${one ?? 'all'}`)}
          </button>
        ))}
      </div>
      <div class="search" role="search">
        <Search aria-hidden="true" />
        <input class="input" type="search" enterKeyHint="search" aria-label={t('files.search')} placeholder={t('files.search')} value={text}
          maxLength={255} onInput={(event) => setText(event.currentTarget.value)} />
        {text && <IconButton small icon={X} label={t('files.search.clear')} onClick={() => { setText(''); onQuery({ kind, name: '' }); }} />}
      </div>
    </div>
  );
}
