// What photos go without when others see them.
import { type Asset, type Schema } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { SelectField } from '../../ui/field.tsx';

export type Strip = Schema<'Strip'>;

const kChoices: readonly Strip[] = ['location', 'all', 'none'];

export function StripField({ assets, strip, onStrip }: { assets: readonly Asset[]; strip: Strip; onStrip: (strip: Strip) => void }) {
  if (!assets.some(({ kind }) => kind === 'photo')) return null;
  const options = kChoices.map((value) => ({ value, text: t(`shared.strip.${value}`) }));
  return <SelectField label={t('shared.strip')} hint={t(`shared.strip.${strip}.hint`)} value={strip} options={options} onValue={onStrip} />;
}
