// One's albums, or one of them.
import '../../styles/files.css';
import '../../styles/media.css';
import '../../styles/shared.css';
import '../../styles/albums.css';
import { AlbumList } from './album_list.tsx';
import { AlbumPage } from './album_page.tsx';

export function Albums({ id }: { id: string | undefined }) {
  return <div class="files albums">{id === undefined ? <AlbumList /> : <AlbumPage key={id} id={id} />}</div>;
}
