// What can be wished of a link, the rare things folded away.
import { t } from '../../i18n/index.ts';
import { SelectField, TextArea, TextField } from '../../ui/field.tsx';
import { formatSize } from '../../i18n/format.ts';
import { isNoteTooLong, isPasswordTooLong, kDownloads, kFiles, kSizes, kTimes, type Wishes } from './wishes.ts';

interface OptionProps {
  wishes: Wishes;
  onWishes: (wishes: Wishes) => void;
}

export function TimeField({ wishes, onWishes }: OptionProps) {
  return (
    <SelectField label={t('exchanges.for')} value={wishes.time} onValue={(time) => onWishes({ ...wishes, time })}
      options={kTimes.map((value) => ({ value, text: t(`exchanges.for.${value}`) }))} />
  );
}

export function NoteField({ wishes, onWishes, asking }: OptionProps & { asking?: boolean }) {
  return (
    <TextArea label={t(asking ? 'exchanges.note.ask' : 'exchanges.note.give')} hint={t('exchanges.note.hint')} value={wishes.note}
      mistake={isNoteTooLong(wishes) ? t('exchanges.note.tooLong') : undefined} onValue={(note) => onWishes({ ...wishes, note })} />
  );
}

export function PasswordField({ wishes, onWishes }: OptionProps) {
  return (
    <TextField label={t('exchanges.password')} hint={t('exchanges.password.hint')} value={wishes.password} autocomplete="off" autocapitalize="none"
      spellcheck={false} mistake={isPasswordTooLong(wishes) ? t('exchanges.password.tooLong') : undefined}
      onValue={(password) => onWishes({ ...wishes, password })} />
  );
}

export function DownloadsField({ wishes, onWishes }: OptionProps) {
  return (
    <SelectField label={t('exchanges.often')} value={wishes.downloads} onValue={(downloads) => onWishes({ ...wishes, downloads })}
      options={kDownloads.map((value) => ({ value, text: value === 'any' ? t('exchanges.often.any') : t('exchanges.often.times', { n: Number(value) }) }))} />
  );
}

export function RoomFields({ wishes, onWishes }: OptionProps) {
  const megabytes = (value: string) => t('exchanges.size.most', { size: formatSize(Number(value) * 1_000_000) });
  return (
    <>
      <SelectField label={t('exchanges.count')} value={wishes.files} onValue={(files) => onWishes({ ...wishes, files })}
        options={kFiles.map((value) => ({ value, text: t('exchanges.count.most', { n: Number(value) }) }))} />
      <SelectField label={t('exchanges.size')} value={wishes.size} onValue={(size) => onWishes({ ...wishes, size })}
        options={kSizes.map((value) => ({ value, text: value === 'any' ? t('exchanges.size.any') : megabytes(value) }))} />
    </>
  );
}

// The fields may be folded away.
export function mistakeIn(wishes: Wishes): string | undefined {
  if (isNoteTooLong(wishes)) return t('exchanges.note.tooLong');
  return isPasswordTooLong(wishes) ? t('exchanges.password.tooLong') : undefined;
}
