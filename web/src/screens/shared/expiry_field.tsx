// Until when: for good, for some time, or a day.
import { t } from '../../i18n/index.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { dateText, type ExpiryChoice, kExpiries } from './expiry.ts';

interface ExpiryFieldProps {
  choice: ExpiryChoice;
  onChoice: (choice: ExpiryChoice) => void;
  mistake: string | undefined;
}

export function ExpiryField({ choice, onChoice, mistake }: ExpiryFieldProps) {
  const options = kExpiries.map((value) => ({ value, text: t(`shared.expiry.${value}`) }));
  return (
    <div class="share-expiry">
      <SelectField label={t('shared.expiry')} value={choice.expiry} options={options} onValue={(expiry) => onChoice({ ...choice, expiry })} />
      {choice.expiry === 'date' && (
        <TextField type="date" label={t('shared.expiry.lastDay')} value={choice.date} min={dateText(new Date())} mistake={mistake}
          onValue={(date) => onChoice({ ...choice, date })} />
      )}
    </div>
  );
}
