// Puts files into an album: one there is, or a new one.
import { useState } from 'preact/hooks';
import { Users } from 'lucide-preact';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Album, type Asset } from '../../api/types.ts';
import { formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import '../../styles/albums.css';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { createAlbum, putIn } from './acts.ts';
import { Cover } from './cover.tsx';
import { useAlbums } from './lists.ts';
import { nameMistakeText } from './name.ts';

const kNew = 'new';
const kMany = 8;   // albums, from which on one can search

function AlbumRow({ album, checked, onChecked }: { album: Album; checked: boolean; onChecked: () => void }) {
  const viewers = album.shared_with.map(visible);
  return (
    <li>
      <label class="album-choice">
        <input type="radio" name="album" checked={checked} onChange={onChecked} />
        <span class="album-choice-cover"><Cover album={album} /></span>
        <span class="grow album-choice-text">
          <span class="truncate" title={visible(album.name)}><UserText text={album.name} /></span>
          <small class="muted">{t('albums.count', { n: album.count })}</small>
        </span>
        {viewers.length > 0 && (
          <span class="album-seen" title={t('albums.seenBy', { names: formatList(viewers) })}><Users aria-hidden="true" />
            <span class="visually-hidden">{t('albums.seenBy', { names: formatList(viewers) })}</span></span>
        )}
      </label>
    </li>
  );
}

function tell(album: Album, n: number): void {
  toast({ text: t('albums.added', { n, name: visible(album.name) }), action: { text: t('albums.show'), act: () => { location.hash = `#/files/albums/${album.id}`; } } });
}

export function AddToAlbumDialog({ items, onClose, onDone }: { items: readonly Asset[]; onClose: () => void; onDone: () => void }) {
  const list = useAlbums();
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState('');
  const [wanted, setWanted] = useState('');
  const [mistake, setMistake] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [made, setMade] = useState<Album>();
  const all = list.items.value;
  const text = wanted.trim().toLowerCase();
  const shown = all.filter((album) => album.id === chosen || album.name.toLowerCase().includes(text));
  const choice = chosen ?? (all.length === 0 ? kNew : undefined);
  const album = all.find(({ id }) => id === choice);
  const viewers = album?.shared_with.map(visible) ?? [];

  const add = async () => {
    setProblem(undefined);
    if (choice === undefined) return setMistake(t('albums.add.choose'));
    const wrong = choice === kNew ? nameMistakeText(name) : undefined;
    if (wrong) return setMistake(wrong);
    try {
      // Where it could not be filled it is there already.
      const target = choice === kNew ? made ?? await createAlbum(name.trim()) : album;
      if (choice === kNew) setMade(target);
      if (!target) return;
      tell(await putIn(target.id, items.map(({ id }) => id)), items.length);
      void list.refresh();
      onDone();
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  return (
    <Dialog title={t('albums.add.title', { n: items.length })} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button kind="primary" onClick={add}>{t('albums.add.go')}</Button>
      </>
    }>
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void add(); }}>
        {!list.started.value && !list.problem.value && <Loading />}
        {list.problem.value && <ProblemNotice problem={list.problem.value} onRetry={() => list.refresh()} />}
        {all.length > kMany && <TextField type="search" label={t('albums.search')} value={wanted} onValue={setWanted} />}
        <fieldset class="album-choices">
          <legend class="visually-hidden">{t('albums.add.which')}</legend>
          <ul class="list">
            <li>
              <label class="album-choice">
                <input type="radio" name="album" checked={choice === kNew} onChange={() => { setChosen(kNew); setMistake(undefined); }} />
                <span class="grow">{t('albums.new')}</span>
              </label>
            </li>
            {shown.map((one) => (
              <AlbumRow key={one.id} album={one} checked={choice === one.id} onChecked={() => { setChosen(one.id); setMistake(undefined); }} />
            ))}
          </ul>
        </fieldset>
        {choice === kNew && (
          <TextField label={t('albums.name')} value={name} mistake={mistake} autofocus autocomplete="off"
            onValue={(value) => { setName(value); setMistake(undefined); }} />
        )}
        {choice !== kNew && mistake && <p class="mistake" role="alert">{mistake}</p>}
        <p class={viewers.length > 0 ? 'muted' : 'visually-hidden'} role="status">{viewers.length > 0 ? t('albums.add.seen', { names: formatList(viewers), n: viewers.length, files: items.length }) : ''}</p>
        {problem && <ProblemNotice problem={problem} />}
      </form>
    </Dialog>
  );
}
