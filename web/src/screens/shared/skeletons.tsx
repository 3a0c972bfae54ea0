import { t } from '../../i18n/index.ts';

const kCards = 2;
const kTiles = 6;

export function CardSkeletons() {
  return (
    <div class="stack">
      <p class="visually-hidden" role="status">{t('state.loading')}</p>
      {Array.from({ length: kCards }, (_, card) => (
        <div key={card} class="card shared-tiles" aria-hidden="true">
          {Array.from({ length: kTiles }, (_tile, at) => <div key={at} class="skeleton shared-skeleton" />)}
        </div>
      ))}
    </div>
  );
}

export function RowSkeletons() {
  return (
    <div class="stack tight">
      <p class="visually-hidden" role="status">{t('state.loading')}</p>
      {Array.from({ length: kTiles }, (_, at) => <div key={at} class="skeleton shared-row-skeleton" aria-hidden="true" />)}
    </div>
  );
}

export function GridSkeleton() {
  return (
    <div class="skeleton-grid">
      <p class="visually-hidden" role="status">{t('state.loading')}</p>
      {Array.from({ length: kTiles }, (_, at) => <div key={at} class="skeleton" aria-hidden="true" />)}
    </div>
  );
}
