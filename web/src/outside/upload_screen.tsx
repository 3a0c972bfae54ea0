// Bringing files.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { CircleCheckBig, Pause, Play, Send } from 'lucide-preact';
import { asProblem, type Problem } from '../api/problem.ts';
import { formatIn, formatSize, formatTime } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { isSlow } from '../sealed/primitives.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, Notice } from '../ui/notice.tsx';
import { useMinute } from '../ui/use_minute.ts';
import { type Fact, Facts } from './about.tsx';
import { finish, type Info } from './calls.ts';
import { ItemRow } from './item_row.tsx';
import { useAskBeforeLeaving } from './leaving.ts';
import { type Refusal, refusalOf, type Room, roomIn } from './limits.ts';
import { Picker, useDrop } from './picker.tsx';
import { Sender } from './sender.ts';
import { sentence } from './sentences.ts';
import { type Visit } from './visit.ts';

function factsOf({ expires_at }: Info, room: Room): Fact[] {
  const seconds = (Date.parse(expires_at) - Date.now()) / 1000;
  return [
    { name: t('outside.takes'), value: room.bytes === undefined ? t('outside.takes.files', { n: room.files })
      : t('outside.takes.both', { n: room.files, size: formatSize(room.bytes) }) },
    { name: t('outside.until'), value: `${formatTime(expires_at)} (${formatIn(Math.max(0, seconds))})` },
  ];
}

function refusalText(refusal: Refusal): string {
  return refusal.kind === 'tooMany' ? t('outside.tooMany', { n: refusal.most }) : t('outside.tooLarge', { size: formatSize(refusal.most) });
}

function Thanks({ info, person }: { info: Info; person: string }) {
  const text = info.direction === 'receive' ? t('outside.thanks.receive', { person }) : t('outside.thanks.fill');
  return <section class="card" role="status"><EmptyState icon={CircleCheckBig} title={t('outside.thanks')}>{text}</EmptyState></section>;
}

function useSender(visit: Visit): Sender {
  const sender = useMemo(() => new Sender(visit), [visit]);
  void sender.changed.value;
  useAskBeforeLeaving(sender.busy && !sender.paused.value);
  useEffect(() => {
    const leave = ({ persisted }: PageTransitionEvent) => { if (!persisted) sender.leave(); };
    window.addEventListener('pagehide', leave);
    return () => window.removeEventListener('pagehide', leave);
  }, [sender]);
  return sender;
}

function Finish({ visit, disabled, onDone }: { visit: Visit; disabled: boolean; onDone: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const act = async () => {
    setProblem(undefined);
    try {
      await finish(visit.access);
      onDone();
    } catch (reason) {
      setProblem(asProblem(reason));
    }
  };
  return (
    <div class="stack tight">
      <p>{t('outside.finish.text')}</p>
      {problem && <Notice kind="danger" role="alert" title={sentence(problem)} />}
      <div><Button disabled={disabled} onClick={act}>{t('outside.finish')}</Button></div>
    </div>
  );
}

function Going({ sender }: { sender: Sender }) {
  return sender.paused.value
    ? <Button icon={Play} kind="primary" onClick={() => sender.start()}>{t('outside.resume')}</Button>
    : <Button icon={Pause} onClick={() => sender.pause()}>{t('outside.pause')}</Button>;
}

export function UploadScreen({ visit, info, person }: { visit: Visit; info: Info; person: string }) {
  useMinute();
  const sender = useSender(visit);
  const [finished, setFinished] = useState(info.files_left === 0);
  const take = (files: File[]) => { if (!finished) sender.add(files); };
  const over = useDrop(take);
  const done = sender.items.filter(({ state }) => state === 'done');
  const open = sender.items.filter(({ state }) => state !== 'done');
  const chosen = open.filter(({ state }) => state === 'chosen');
  const room = roomIn(info);
  const left: Room = { files: room.files - done.length, bytes: room.bytes === undefined ? undefined : room.bytes - done.reduce((sum, { size }) => sum + size, 0) };
  const refusal = refusalOf(open.map(({ file }) => file), left, info.encrypted);
  if (finished || (left.files <= 0 && open.length === 0)) return <Thanks info={info} person={person} />;
  return (
    <section class="card stack">
      {info.encrypted && <p class="muted">{t('outside.seals')} {isSlow() && t('outside.slow')}</p>}
      {(over || open.length < left.files) && <Picker many={info.max_files > 1} empty={sender.items.length === 0} over={over} onFiles={take} />}
      {sender.items.length > 0 && <ul class="outside-files">{sender.items.map((item) => <ItemRow key={item.id} item={item} sender={sender} />)}</ul>}
      {refusal && <Notice kind="danger" role="alert" title={refusalText(refusal)} />}
      <div class="row wrap">
        {chosen.length > 0 && !refusal && (
          <Button kind="primary" icon={Send} onClick={() => sender.start()}>{t('outside.send', { n: chosen.length })}</Button>
        )}
        {sender.busy && <Going sender={sender} />}
      </div>
      {done.length > 0 && info.max_files > 1 && <Finish visit={visit} disabled={sender.busy} onDone={() => setFinished(true)} />}
      <Facts facts={factsOf(info, left)} />
    </section>
  );
}
