// What I share, by file: with whom each is shared.
import { useEffect, useState } from 'preact/hooks';
import { CircleStop, Users } from 'lucide-preact';
import { handleOf } from '../../data/address.ts';
import { formatSize } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Thumbnail } from '../../media/thumbnail.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { ByMeFrame } from './by_me.tsx';
import { someNames } from './effect.tsx';
import { type FileGroup, sharedByFile } from './groups.ts';
import { useOwnShares } from './lists.ts';
import { ShareList } from './share_list.tsx';
import { shortName } from './short_name.ts';
import { ShareDates, ShareRow } from './share_row.tsx';
import { stopKeepingFocus } from './stop_focus.ts';
import { stopAll, stopSharing } from './stop.ts';

// Everybody who sees one file. Goes when nobody does any more.
function FileDialog({ file, onClose }: { file: FileGroup; onClose: () => void }) {
  const names = { name: shortName(file.asset.name), n: file.shares.length };
  const question = { title: t('shared.stopFileTitle', names), text: t('shared.stopFileText', names) };
  const stop = async () => { if (await stopAll(file.shares, question)) onClose(); };
  return (
    <Dialog title={t('shared.whoSees', names)} onClose={onClose} wide actions={
      <>
        {file.shares.length > 1 && <Button kind="danger" onClick={stop}>{t('shared.stopFile')}</Button>}
        <Button onClick={onClose}>{t('action.close')}</Button>
      </>
    }>
      <ul class="share-rows list">{file.shares.map((share) => <li key={share.id}><ShareRow share={share} about="person" /></li>)}</ul>
    </Dialog>
  );
}

function FileRow({ file, onOpen }: { file: FileGroup; onOpen: () => void }) {
  const { asset, shares } = file;
  const [first] = shares;
  const who = someNames(shares.map((share) => visible(handleOf(share.with))));
  const names = { who, name: visible(asset.name), n: shares.length };
  return (
    <div class="share-row" data-file={file.id}>
      <span class="share-picture"><Thumbnail item={asset} /></span>
      <div class="share-row-text">
        <p class="truncate" title={names.name}><UserText text={asset.name} /></p>
        <small class="muted shared-facts">
          <span class="truncate" title={shares.map((share) => visible(share.with)).join(', ')}>{t('shared.withWhom', names)}</span>
          {shares.length === 1 && first ? <ShareDates share={first} /> : <span>{formatSize(asset.size)}</span>}
        </small>
      </div>
      <div class="row share-row-acts">
        <Button small icon={Users} label={t('shared.peopleSee', names)} onClick={onOpen}>{t('shared.people', names)}</Button>
        {shares.length === 1 && (
          <Button small icon={CircleStop} label={t('shared.stopOne', names)}
            onClick={(event) => stopKeepingFocus(event.currentTarget, () => stopSharing(shares))}>{t('shared.stop')}</Button>
        )}
      </div>
    </div>
  );
}

// The row may have moved while the dialog was open; the dialog can't give the focus back to it then.
function focusRow(id: string | undefined): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body || id === undefined) return;
    const button = document.querySelector<HTMLElement>(`[data-file="${CSS.escape(id)}"] button`);
    (button ?? document.querySelector('main'))?.focus();
  });
}

export function ByFile() {
  useMinute();
  const list = useOwnShares();
  const [open, setOpen] = useState<string>();
  const files = sharedByFile(list.items.value, Date.now());
  const shown = files.find(({ id }) => id === open);
  const close = () => {
    setOpen(undefined);
    focusRow(open);
  };
  useEffect(() => { if (open !== undefined && !shown) close(); }, [open, shown]);
  return (
    <ByMeFrame by="file" list={list}>
      <ShareList<FileGroup> items={files} keyOf={({ id }) => id} label={t('shared.byMe')}
        render={(file) => <FileRow file={file} onOpen={() => setOpen(file.id)} />} />
      {shown && <FileDialog file={shown} onClose={close} />}
    </ByMeFrame>
  );
}
