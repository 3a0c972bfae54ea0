// What is there of unfinished uploads, and how they go on.
import { useEffect, useState } from 'preact/hooks';
import { FileUp, Play, RotateCw, X } from 'lucide-preact';
import { formatPercent, formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { ask } from '../ui/ask.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { fileOf, keptHandle } from './handles.ts';
import { type Unfinished } from './matching.ts';
import { chooseFiles } from './pick.ts';
import { type Picked } from './plan.ts';
import { begunHere, discardUnfinished, goOnWith, unfinished } from './unfinished.ts';

// One that another browser may be busy with at this moment.
function isMeant(upload: Unfinished): Promise<boolean> {
  return ask({ title: t('unfinished.discard.title', { name: visible(upload.name) }), text: t('unfinished.discard.text'), yes: t('unfinished.discard.yes'), danger: true });
}

// Its file, where the browser finds that again.
function useHandle(id: string) {
  const [handle, setHandle] = useState<Awaited<ReturnType<typeof keptHandle>>>();
  useEffect(() => {
    let gone = false;
    void keptHandle(id).then((found) => { if (!gone) setHandle(found); });
    return () => { gone = true; };
  }, [id]);
  return handle;
}

function Row({ upload }: { upload: Unfinished }) {
  const [wrong, setWrong] = useState(false);
  const name = visible(upload.name);
  const here = begunHere(upload);
  const handle = useHandle(upload.id);
  const goOn = (picked: Picked[]) => setWrong(goOnWith(picked).length > 0);
  const choose = async () => goOn(await chooseFiles({ one: true }));
  const again = async () => {
    const file = handle && await fileOf(handle);
    if (file) goOn([{ file, folder: '' }]);
    else setWrong(true);
  };
  const discard = async () => { if (here || await isMeant(upload)) await discardUnfinished(upload); };
  const part = upload.size > 0 ? upload.offset / upload.size : 1;
  return (
    <li class="transfer unfinished">
      <FileUp aria-hidden="true" />
      <div class="grow">
        <p class="truncate" title={name}><UserText text={upload.name} /></p>
        <ProgressBar part={part} label={t('unfinished.progress', { name })} />
        <p class="transfer-state">{t('unfinished.there', { part: formatPercent(part), size: formatSize(upload.size) })}</p>
        {!here && <p class="transfer-state">{t('unfinished.elsewhere')}</p>}
        <p class={wrong ? 'transfer-state wrong' : 'visually-hidden'} role="status">{wrong ? t('unfinished.wrong') : ''}</p>
        {handle && !wrong
          ? <Button small icon={Play} label={t('upload.resume', { name })} onClick={again}>{t('upload.resumeAll')}</Button>
          : <Button small icon={RotateCw} label={t('unfinished.choose.label', { name })} onClick={choose}>{t('unfinished.choose')}</Button>}
      </div>
      <IconButton small icon={X} label={t('unfinished.discard', { name })} onClick={discard} />
    </li>
  );
}

export function UnfinishedRows() {
  return <>{unfinished.value.map((upload) => <Row key={upload.id} upload={upload} />)}</>;
}
