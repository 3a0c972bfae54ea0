import { useId, useState } from 'preact/hooks';
import { Eye, EyeOff } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/button.tsx';
import { Around, type Described, describedBy } from '../../ui/field.tsx';

// A password that can be looked at while it is typed.
export function PasswordField({ label, hint, mistake, value, onValue, fresh }: Described & {
  value: string; onValue: (value: string) => void; fresh?: boolean;
}) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const about = { label, hint, mistake };
  return (
    <Around id={id} about={about}>
      <div class="password">
        <input class="input" id={id} type={shown ? 'text' : 'password'} value={value} required
          autocomplete={fresh ? 'new-password' : 'current-password'} autocapitalize="none" spellcheck={false}
          aria-invalid={mistake ? true : undefined} aria-describedby={describedBy(id, about)}
          onInput={(event) => onValue(event.currentTarget.value)} />
        <IconButton icon={shown ? EyeOff : Eye} small label={t(shown ? 'password.hide' : 'password.show')}
          onClick={() => setShown(!shown)} />
      </div>
    </Around>
  );
}
