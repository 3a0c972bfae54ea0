// What stands in the place of the grid: while it loads, when there is nothing, when it can't be read.
import { FolderOpen, FolderUp, SearchX, Upload } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/notice.tsx';
import { visible } from '../../ui/text.tsx';
import { uploadChosen } from '../../upload/intake.ts';
import { canChooseFolders } from '../../upload/pick.ts';
import { type FilesModel } from './model.ts';
import { kEverything } from './query.ts';

const kSkeletons = 12;

export function Skeleton({ model }: { model: FilesModel }) {
  const isGrid = model.view.value === 'grid';
  return (
    <div class={isGrid ? 'skeleton-grid' : 'skeleton-list'}>
      <p class="visually-hidden" role="status">{t('state.loading')}</p>
      {Array.from({ length: kSkeletons }, (_, at) => <div key={at} class="skeleton" />)}
    </div>
  );
}

export function Nothing({ model }: { model: FilesModel }) {
  const { kind, name, camera, from, to } = model.query.value;
  if (camera || from || to) {
    return (
      <EmptyState icon={SearchX} title={t('photos.none')}
        actions={<Button onClick={() => model.filter({ name: '', camera: '', from: '', to: '' })}>{t('photos.filters.clear')}</Button>} />
    );
  }
  if (name) {
    return (
      <EmptyState icon={SearchX} title={t('files.none.search', { text: visible(name) })}
        actions={<Button onClick={() => model.filter({ name: '' })}>{t('files.search.clear')}</Button>}>
        {kind && t('files.none.searchKind', { kind: t(`files.kinds.${kind}`) })}
      </EmptyState>
    );
  }
  if (kind) {
    return (
      <EmptyState icon={FolderOpen} title={t('files.none.kind')}
        actions={<Button onClick={() => model.filter(kEverything)}>{t('files.none.showAll')}</Button>} />
    );
  }
  return (
    <EmptyState icon={Upload} title={t('files.none.title')} actions={
      <>
        <Button kind="primary" icon={Upload} onClick={() => uploadChosen()}>{t('files.none.choose')}</Button>
        {canChooseFolders && <Button icon={FolderUp} onClick={() => uploadChosen({ folder: true })}>{t('files.none.chooseFolder')}</Button>}
      </>
    }>{t('files.none.text')}</EmptyState>
  );
}
