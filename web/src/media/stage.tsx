// One file, as large as it goes: a picture, a film, a sound, or what is known of it.
import { type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { CloudOff, Download } from 'lucide-preact';
import { call } from '../api/client.ts';
import { asProblem, type Problem } from '../api/problem.ts';
import { formatPercent, formatSize } from '../i18n/format.ts';
import { t } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { Loading, ProgressBar } from '../ui/progress.tsx';
import { UserText, visible } from '../ui/text.tsx';
import { download } from './download.ts';
import { contentHref, foreignOwner, kindOf, type MediaItem, previewHref, showingOf } from './item.ts';
import { type PhotoShelf } from './photo_shelf.ts';
import { contentProblemText } from './problem.ts';
import { KindIcon } from './thumbnail.tsx';
import { usePicture } from './use_picture.ts';

function Card({ children }: { children: ComponentChildren }) {
  return <div class="stage-card stack tight">{children}</div>;
}

// For what the browser can't show; `note` says why, if that is not plain.
function Facts({ item, note }: { item: MediaItem; note?: string }) {
  return (
    <Card>
      <KindIcon item={item} />
      <h2><UserText text={item.name} /></h2>
      <p class="muted">{t(`files.kind.${kindOf(item)}`)} · {formatSize(item.size)}</p>
      {note && <p>{note}</p>}
      <div><Button kind="primary" icon={Download} onClick={() => download([item])}>{t('action.download')}</Button></div>
    </Card>
  );
}

function Failed({ item, problem, onRetry, onBack }: { item: MediaItem; problem: Problem; onRetry: () => void; onBack: () => void }) {
  return (
    <Card>
      <CloudOff aria-hidden="true" />
      <p role="alert">{contentProblemText(item, problem)}</p>
      <div class="row wrap">
        <Button kind="primary" onClick={onRetry}>{t('action.retry')}</Button>
        <Button onClick={onBack}>{t('action.back')}</Button>
      </div>
    </Card>
  );
}

interface StageProps { item: MediaItem; shelf: PhotoShelf; onRetry: () => void; onBack: () => void }

// As large as the photo itself will be.
function Preview({ item, url, onError }: { item: MediaItem; url: string; onError?: () => void }) {
  const most = (pixels: number | null | undefined) => (pixels ? `min(100%, ${pixels}px)` : '100%');
  return (
    <img class="stage-picture preview" src={url} alt={visible(item.name)} draggable={false} onError={onError}
      style={{ maxInlineSize: most(item.width), maxBlockSize: most(item.height) }} />
  );
}

function PictureStage({ item, shelf, onRetry, onBack }: StageProps) {
  const [unknown, setUnknown] = useState(false);
  const picture = shelf.pictureOf(item);
  const preview = usePicture(previewHref(item));
  if (unknown) return <Facts item={item} note={t('media.cantShow')} />;
  if (picture?.state === 'failed') return <Failed item={item} problem={picture.problem} onRetry={onRetry} onBack={onBack} />;
  if (picture?.state === 'there') {
    return <img class="stage-picture" src={picture.url} alt={visible(item.name)} draggable={false} onError={() => setUnknown(true)} />;
  }
  const part = picture?.part ?? 0;
  return (
    <>
      {preview && <Preview item={item} url={preview} />}
      <div class={`stage-wait stack tight${preview ? ' over' : ''}`}>
        <ProgressBar part={part} label={t('state.loading')} />
        <p>{t('media.loaded', { part: formatPercent(part), size: formatSize(item.size) })}</p>
      </div>
    </>
  );
}

// Stands for a photo that browsers can't show.
function PreviewStage({ item }: StageProps) {
  const [failed, setFailed] = useState(false);
  const url = usePicture(previewHref(item), () => setFailed(true));
  if (failed) return <Facts item={item} note={t('media.cantShow')} />;
  if (!url) return <div class="stage-wait"><Loading /></div>;
  return <Preview item={item} url={url} onError={() => setFailed(true)} />;
}

// Films and sounds are fetched by the browser as they play. When it fails, the daemon is asked why.
function PlayerStage({ item, onBack }: StageProps) {
  const [failed, setFailed] = useState<Problem | 'unknown'>();
  const [tries, setTries] = useState(0);
  useEffect(() => setFailed(undefined), [tries]);
  const why = async () => {
    const owner = foreignOwner(item);
    try {
      await call('get', '/api/assets/{id}', { path: { id: item.id }, query: owner ? { owner } : {} });
      setFailed('unknown');
    } catch (reason) {
      setFailed(asProblem(reason));
    }
  };
  if (failed === 'unknown') return <Facts item={item} note={t('media.cantPlay')} />;
  if (failed) return <Failed item={item} problem={failed} onRetry={() => setTries(tries + 1)} onBack={onBack} />;
  const source = contentHref(item);
  const label = visible(item.name);
  if (showingOf(item) === 'film') {
    return (
      <video key={tries} class="stage-film" src={source} controls playsInline preload="metadata" aria-label={label}
        onError={() => void why()} />
    );
  }
  return (
    <Card>
      <KindIcon item={item} />
      <h2><UserText text={item.name} /></h2>
      <audio key={tries} src={source} controls preload="metadata" aria-label={label} onError={() => void why()} />
    </Card>
  );
}

export function Stage(props: StageProps) {
  const showing = showingOf(props.item);
  if (showing === 'picture') return <PictureStage {...props} />;
  if (showing === 'preview') return <PreviewStage {...props} />;
  return showing === 'facts' ? <Facts item={props.item} /> : <PlayerStage {...props} />;
}
