import { useId, useState } from 'preact/hooks';
import { CircleAlert, Eye, EyeOff } from 'lucide-preact';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/button.tsx';

// A password that can be looked at while it is typed.
export function PasswordField({ label, value, onValue, hint, mistake, fresh }: {
  label: string; value: string; onValue: (value: string) => void; hint?: string; mistake?: string | undefined; fresh?: boolean;
}) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input class="input" id={id} type={shown ? 'text' : 'password'} value={value} required
          autocomplete={fresh ? 'new-password' : 'current-password'} autocapitalize="none" spellcheck={false}
          aria-invalid={mistake ? true : undefined} aria-describedby={described}
          onInput={(event) => onValue(event.currentTarget.value)} />
        <IconButton icon={shown ? EyeOff : Eye} small label={t(shown ? 'logIn.hidePassword' : 'logIn.showPassword')}
          onClick={() => setShown(!shown)} />
      </div>
      {hint && <span class="hint" id={`${id}-hint`}>{hint}</span>}
      {mistake && <span class="mistake" id={`${id}-mistake`} role="alert"><CircleAlert aria-hidden="true" size={16} />{mistake}</span>}
    </div>
  );
}
