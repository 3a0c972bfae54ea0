// Before there is a link: what this is, and which files it is to be.
import { useState } from 'preact/hooks';
import { EyeOff, FilePlus2, Link2, type LucideIcon, ServerOff, UserRoundX, X } from 'lucide-preact';
import { type Problem } from '../../api/problem.ts';
import { formatSize } from '../../i18n/format.ts';
import { type Key, t } from '../../i18n/index.ts';
import { isSlow } from '../../sealed/primitives.ts';
import { chooseFiles } from '../../upload/pick.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { kMostFiles, sizeOf, withMore } from './chosen.ts';
import { useDrop } from './drop.ts';
import { FileLine } from './file_line.tsx';
import { chosen, start } from './running.ts';

const kPoints: { icon: LucideIcon; text: Key }[] = [
  { icon: ServerOff, text: 'live.point.direct' },
  { icon: EyeOff, text: 'live.point.sealed' },
  { icon: UserRoundX, text: 'live.point.account' },
];

function Intro() {
  return (
    <div class="stack tight">
      <h2 tabIndex={-1} data-start>{t('live.intro.title')}</h2>
      <p>{t('live.intro.text')}</p>
      <ul class="live-points">{kPoints.map(({ icon: Icon, text }) => <li key={text}><Icon aria-hidden="true" /><span>{t(text)}</span></li>)}</ul>
    </div>
  );
}

function ChosenFiles({ files, onFiles }: { files: readonly File[]; onFiles: (files: readonly File[]) => void }) {
  // The button goes with its row; the focus stays in the list.
  const remove = (file: File, button: HTMLElement) => {
    const row = button.closest('li');
    const next = (row?.nextElementSibling ?? row?.previousElementSibling)?.querySelector('button');
    (next ?? document.querySelector<HTMLElement>('.live-drop button'))?.focus();
    onFiles(files.filter((one) => one !== file));
  };
  return (
    <ul class="live-files list" aria-label={t('live.chosen')}>
      {files.map((file) => (
        <FileLine key={`${file.lastModified} ${file.size} ${file.name}`} file={file}>
          <IconButton small icon={X} label={t('live.remove', { name: visible(file.name) })} onClick={(event) => remove(file, event.currentTarget)} />
        </FileLine>
      ))}
    </ul>
  );
}

function lackOf(files: readonly File[]): string | undefined {
  if (files.length === 0) return t('live.none');
  return files.length > kMostFiles ? t('live.tooMany', { most: kMostFiles }) : undefined;
}

// `problem`: why there is no link though one was asked for.
export function Choice({ problem, opening }: { problem: Problem | undefined; opening: boolean }) {
  const files = chosen.value;
  const [tried, setTried] = useState(false);
  const [folders, setFolders] = useState(false);
  const set = (now: readonly File[]) => { if (!opening) chosen.value = now; };
  const add = (dropped: { files: readonly File[]; folders: boolean }) => {
    setFolders(dropped.folders);
    set(withMore(chosen.value, dropped.files));
  };
  const over = useDrop(add);
  const pick = async () => add({ files: (await chooseFiles({})).map(({ file }) => file), folders: false });
  const lack = lackOf(files);
  const make = async () => {
    setTried(true);
    if (!lack) await start(files);
  };
  const empty = files.length === 0;
  return (
    <section class="card stack">
      <Intro />
      <div class={`live-drop${over ? ' over' : ''}`}>
        <p>{t('live.drop')}</p>
        {/* The dialog may stay open for long: the button is not busy meanwhile. */}
        <Button icon={FilePlus2} kind={empty ? 'primary' : 'plain'} onClick={() => void pick()}>{t('live.choose')}</Button>
      </div>
      {folders && <Notice kind="warn" role="alert" title={t('live.folder')} />}
      {!empty && <ChosenFiles files={files} onFiles={set} />}
      <p role="status" class={empty ? 'visually-hidden' : 'muted'}>{empty ? '' : t('live.sum', { n: files.length, size: formatSize(sizeOf(files)) })}</p>
      {isSlow() && <Notice><p>{t('live.slow')}</p></Notice>}
      {tried && lack && <Notice kind="danger" role="alert" title={lack} />}
      {problem && <ProblemNotice problem={problem} />}
      <div><Button icon={Link2} kind={empty ? 'plain' : 'primary'} busy={opening} onClick={make}>{t('live.make')}</Button></div>
    </section>
  );
}
