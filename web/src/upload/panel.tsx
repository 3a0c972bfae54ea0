// Uploads (and downloads the page writes itself) in the corner, beside whatever screen is shown. What failed stands on top
// and stays until it is taken away by hand; what is done folds to a number.
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { ChevronDown, CircleAlert, CircleCheck, Upload as UploadIcon, X } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { clearDownloads, downloads, isOver } from '../media/downloads.ts';
import { DownloadRow } from '../media/download_row.tsx';
import { paceText } from '../media/pace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress.tsx';
import { preparing } from './intake.ts';
import { canRetry, outlivesPage, type Totals, totalsOf, type Upload } from './upload.ts';
import { UploadRow } from './row.tsx';
import { unfinished } from './unfinished.ts';
import { UnfinishedRows } from './unfinished_rows.tsx';
import { uploads } from './uploads.ts';

// Unfinished ones of earlier visits come back with the next one.
const putAway = signal(false);

const kMostRows = { failed: 100, waiting: 20, done: 3 };

// Failed, running, waiting; of those done only the last few.
function rowsOf(all: readonly Upload[]): Upload[] {
  const having = (...states: string[]) => all.filter(({ state }) => states.includes(state));
  return [
    ...having('failed').slice(0, kMostRows.failed),
    ...having('running'),
    ...having('waiting', 'paused').slice(0, kMostRows.waiting),
    ...having('done').slice(-kMostRows.done),
  ];
}

// Nothing would be lost if the page were left now.
function mayLeave(): boolean {
  return uploads.uploads.every((one) => one.state === 'done' || one.state === 'failed' || outlivesPage(one));
}

const waitingIn = ({ count }: Totals) => count.waiting + count.paused + count.running;

function headline(totals: Totals): string {
  const waiting = waitingIn(totals);
  if (preparing.value > 0) return t('upload.preparing', { n: preparing.value });
  if (waiting > 0) return t('upload.going', { n: waiting });
  if (totals.count.failed > 0) return t('upload.someFailed', { n: totals.count.failed });
  if (totals.count.done > 0) return t('upload.allDone', { n: totals.count.done });
  return downloads.value.length > 0 ? t('download.title') : t('unfinished.title', { n: unfinished.value.length });
}

const retryable = () => uploads.uploads.filter((one) => one.state === 'failed' && canRetry(one)).length;

function Acts({ totals }: { totals: Totals }) {
  const { done } = totals.count;
  const failed = retryable();
  const waiting = waitingIn(totals);
  const paused = uploads.standing.value === 'paused' || (totals.count.paused > 0 && totals.count.paused === waiting);
  return (
    <div class="transfer-acts row wrap">
      {waiting > 0 && (paused
        ? <Button small onClick={() => uploads.resumeAll()}>{t('upload.resumeAll')}</Button>
        : <Button small onClick={() => uploads.pauseAll()}>{t('upload.pauseAll')}</Button>)}
      {waiting > 0 && <Button small kind="ghost" onClick={() => uploads.cancelAll()}>{t('upload.cancelAll')}</Button>}
      {failed > 0 && <Button small onClick={() => uploads.retryFailed()}>{t('upload.retryFailed', { n: failed })}</Button>}
      {done > 0 && waiting > 0 && <Button small kind="ghost" onClick={() => uploads.clearDone()}>{t('upload.clearDone')}</Button>}
    </div>
  );
}

function Standing({ totals }: { totals: Totals }) {
  const waiting = waitingIn(totals);
  if (waiting === 0) return null;
  if (uploads.standing.value === 'offline') return <p class="transfer-note warn">{t('upload.offline', { n: waiting })}</p>;
  if (uploads.standing.value === 'paused' || totals.count.paused === waiting) return <p class="transfer-note">{t('upload.allPaused')}</p>;
  return (
    <div class="stack tight">
      <ProgressBar part={totals.bytes > 0 ? totals.sent / totals.bytes : 0} label={t('upload.total')} />
      <p class="transfer-state">{paceText(uploads.meter, totals.sent, totals.bytes)}</p>
      {mayLeave() && <p class="transfer-state">{t('unfinished.leave')}</p>}
    </div>
  );
}

function List({ totals }: { totals: Totals }) {
  const rows = rowsOf(uploads.uploads);
  const hiddenDone = totals.count.done - Math.min(totals.count.done, kMostRows.done);
  const hidden = uploads.uploads.length - rows.length - hiddenDone;
  return (
    <ul class="transfer-list">
      {!putAway.value && <UnfinishedRows />}
      {downloads.value.map((one) => <DownloadRow key={`download-${one.id}`} one={one} />)}
      {rows.map((upload) => <UploadRow key={upload.id} upload={upload} />)}
      {hidden > 0 && <li class="transfer-more muted">{t('upload.more', { n: hidden })}</li>}
      {hiddenDone > 0 && <li class="transfer-more muted">{t('upload.moreDone', { n: hiddenDone })}</li>}
    </ul>
  );
}

function Bubble({ totals, onOpen }: { totals: Totals; onOpen: () => void }) {
  const { failed } = totals.count;
  const waiting = waitingIn(totals);
  const Icon = failed > 0 ? CircleAlert : waiting > 0 ? UploadIcon : CircleCheck;
  return (
    <button type="button" class="transfer-bubble" aria-expanded={false} aria-label={t('upload.open', { what: headline(totals) })} onClick={onOpen}>
      <Icon aria-hidden="true" />
      {waiting > 0 && <span aria-hidden="true">{waiting}</span>}
      {failed > 0 && <span class="badge" aria-hidden="true">{failed}</span>}
    </button>
  );
}

function clearAll() {
  putAway.value = true;
  uploads.cancelAll();
  clearDownloads();
}

export function Panel() {
  const [small, setSmall] = useState(false);
  void uploads.changed.value;
  const totals = totalsOf(uploads.uploads);
  const left = putAway.value ? 0 : unfinished.value.length;
  const empty = uploads.uploads.length === 0 && downloads.value.length === 0 && preparing.value === 0 && left === 0;
  const waiting = waitingIn(totals);
  const moving = waiting > 0 || preparing.value > 0 || downloads.value.some(({ state }) => !isOver(state.value));
  const title = headline(totals);
  return (
    <div class="transfers">
      <p class="visually-hidden" role="status">{empty ? '' : title}</p>
      {empty ? null : small ? <Bubble totals={totals} onOpen={() => setSmall(false)} /> : (
        <section class="transfer-panel" aria-label={t('upload.panel')}>
          <div class="transfer-head">
            <h2 class="grow">{title}</h2>
            <IconButton small icon={ChevronDown} label={t('upload.minimise')} onClick={() => setSmall(true)} />
            {!moving && <IconButton small icon={X} label={t('action.close')} onClick={clearAll} />}
          </div>
          {(waiting > 0 || retryable() > 0) && (
            <div class="transfer-sum stack tight">
              <Standing totals={totals} />
              <Acts totals={totals} />
            </div>
          )}
          {left > 0 && <p class="transfer-note transfer-hint">{t('unfinished.hint')}</p>}
          <List totals={totals} />
        </section>
      )}
    </div>
  );
}
