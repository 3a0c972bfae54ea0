// Somebody's albums, to look at one of them alone.
import { Images } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import '../../styles/albums.css';
import { visible } from '../../ui/text.tsx';

interface Props { albums: readonly string[]; chosen: string | undefined; onChosen: (name: string | undefined) => void }

export function AlbumChips({ albums, chosen, onChosen }: Props) {
  return (
    <div class="shared-albums" role="group" aria-label={t('albums.theirs')}>
      <button type="button" class="button small" aria-pressed={chosen === undefined} onClick={() => onChosen(undefined)}>{t('albums.theirs.all')}</button>
      {albums.map((name) => (
        <button key={name} type="button" class="button small" aria-pressed={chosen === name} title={visible(name)} onClick={() => onChosen(name)}>
          <Images aria-hidden="true" /><span class="truncate">{visible(name)}</span>
        </button>
      ))}
    </div>
  );
}
