import { t } from '../i18n/index.ts';

export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

// For a place that is being filled.
export function Loading({ text }: { text?: string }) {
  return (
    <p class="row muted" role="status">
      <Spinner />
      {text ?? t('state.loading')}
    </p>
  );
}

// `part` from 0 to 1.
export function ProgressBar({ part, label, kind = '' }: { part: number; label: string; kind?: '' | 'ok' | 'danger' }) {
  const percent = Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div class={`progress ${kind}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <span style={{ inlineSize: `${percent}%` }} />
    </div>
  );
}
