// Narrows photos by camera and by months, as far as one's own photos have any.
import { useCallback } from 'preact/hooks';
import { X } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { useEvent } from '../../api/events.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatMonth } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { visible } from '../../ui/text.tsx';
import { type FilesModel } from './model.ts';

export function PhotoFilters({ model }: { model: FilesModel }) {
  const load = useCallback((signal: AbortSignal) => call('get', '/api/photos/summary', { signal }), []);
  const summary = useResource(load, [load]);
  useEvent('assets', () => void summary.reload());
  const { camera, from, to } = model.query.value;
  const cameras = summary.data?.cameras ?? [];
  const months = summary.data?.months ?? [];
  const narrowed = Boolean(camera || from || to);
  // Where there is but one camera and one month there is nothing to choose.
  if (cameras.length === 0 && months.length < 2 && !narrowed) return null;

  const any = (text: string) => ({ value: '', text });
  const monthOption = (fits: (month: string) => boolean) => ({ month, count }: { month: string; count: number }) =>
    ({ value: month, text: t('photos.option', { name: formatMonth(month), n: count }), disabled: !fits(month) });
  // What is chosen stays to be seen when the last such photo goes.
  const known = cameras.some((one) => one.camera === camera) || !camera ? cameras : [...cameras, { camera, count: 0 }];
  return (
    <div class="photo-filters" role="group" aria-label={t('photos.filters')}>
      {(cameras.length > 0 || camera) && (
        <div class="photo-camera">
          <SelectField label={t('photos.camera')} value={camera} onValue={(value) => model.filter({ camera: value })}
            options={[any(t('photos.camera.any')), ...known.map((one) =>
              ({ value: one.camera, text: t('photos.option', { name: visible(one.camera), n: one.count }) }))]} />
        </div>
      )}
      <SelectField label={t('photos.from')} value={from} onValue={(value) => model.filter({ from: value })}
        options={[any(t('photos.from.any')), ...months.map(monthOption((month) => !to || month <= to))]} />
      <SelectField label={t('photos.to')} value={to} onValue={(value) => model.filter({ to: value })}
        options={[any(t('photos.to.any')), ...months.map(monthOption((month) => !from || month >= from))]} />
      {narrowed && (
        <Button icon={X} kind="ghost" onClick={() => model.filter({ camera: '', from: '', to: '' })}>{t('photos.filters.clear')}</Button>
      )}
    </div>
  );
}
