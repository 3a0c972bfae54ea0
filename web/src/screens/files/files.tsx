// One's own files and photos.
import '../../styles/albums.css';
import '../../styles/files.css';
import '../../styles/media.css';
import '../../styles/photos.css';
import '../../styles/versions.css';
import { useEffect, useState } from 'preact/hooks';
import { ArrowUp } from 'lucide-preact';
import { connected, useEvent } from '../../api/events.ts';
import { coalesced } from '../../data/coalesce.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { Browser } from './browser.tsx';
import { Dialogs } from './dialogs.tsx';
import { Head } from './head.tsx';
import { FilesModel } from './model.ts';
import { PlaceTabs } from './place_tabs.tsx';
import { PhotoFilters } from './photo_filters.tsx';
import { isEverything } from './query.ts';
import { Nothing, Skeleton } from './states.tsx';
import { StorageMeter } from './storage_meter.tsx';
import { Toolbar } from './toolbar.tsx';
import { useKeys } from './use_keys.ts';
import { FilesViewer } from './files_viewer.tsx';

const kScrolled = 200;  // pixels from where on nothing may move by itself

// What is new elsewhere: read again, without moving what one looks at.
function useNews(model: FilesModel) {
  const [refresh] = useState(() => coalesced(async () => model.list.refresh()));
  useEvent('assets', refresh);
  useEvent('shares', refresh);
  useEffect(() => {
    model.list.restart();
    const onScroll = () => model.list.hold(window.scrollY > kScrolled);
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      window.removeEventListener('scroll', onScroll);
      model.list.stop();
    };
  }, [model]);
}

function NewOnes({ model }: { model: FilesModel }) {
  const n = model.list.ahead.value.length;
  const show = () => {
    model.list.showAhead();
    window.scrollTo({ top: 0 });
    model.focusOn(0);
  };
  return (
    <div class="new-ones" role="status">
      {n > 0 && <Button kind="primary" small icon={ArrowUp} onClick={show}>{t('files.new', { n })}</Button>}
    </div>
  );
}

function Content({ model }: { model: FilesModel }) {
  const { list } = model;
  const there = list.items.value.length > 0;
  const problem = list.problem.value;
  const broken = problem && (!there || !list.working.value) && (
    <ProblemNotice problem={problem} onRetry={() => (list.fresh.value ? list.more() : list.restart())} />
  );
  if (list.isEmpty.value) return <Nothing model={model} />;
  if (!there) return broken || <Skeleton model={model} />;
  return (
    <div class={`stack${list.fresh.value || problem ? '' : ' outdated'}`} aria-busy={!list.fresh.value}>
      {!list.fresh.value && broken}
      <Browser model={model} />
      {list.fresh.value && connected.value && broken}
    </div>
  );
}

export function Files() {
  const [model] = useState(() => new FilesModel());
  useNews(model);
  useKeys(model);
  return (
    <div class="files">
      <Head model={model} />
      <PlaceTabs current="files" />
      <StorageMeter />
      {!(model.list.isEmpty.value && isEverything(model.query.value)) && <Toolbar model={model} />}
      {model.isByTime && <PhotoFilters model={model} />}
      <NewOnes model={model} />
      <Content model={model} />
      <FilesViewer model={model} />
      <Dialogs model={model} />
    </div>
  );
}
