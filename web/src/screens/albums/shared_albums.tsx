// The albums one shares as a whole, for the list of what one shares.
import { type Album } from '../../api/types.ts';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/albums.css';
import { UserText, visible } from '../../ui/text.tsx';
import { Cover } from './cover.tsx';

export const isShared = ({ shared_with: who }: Album) => who.length > 0;

export function SharedAlbums({ albums }: { albums: readonly Album[] }) {
  if (albums.length === 0) return null;
  return (
    <section class="card shared-person" aria-labelledby="shared-albums">
      <h2 id="shared-albums">{t('albums.title')}</h2>
      <ul class="share-rows list">
        {albums.map((album) => (
          <li key={album.id}>
            <div class="share-row">
              <span class="share-picture"><Cover album={album} /></span>
              <div class="share-row-text">
                <p class="truncate" title={visible(album.name)}><a href={`#/files/albums/${album.id}`}><UserText text={album.name} /></a></p>
                <small class="muted shared-facts">
                  <span>{t('albums.count', { n: album.count })}</span>
                  <span>{t('albums.seenBy', { names: formatList(album.shared_with.map(visible)) })}</span>
                </small>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
