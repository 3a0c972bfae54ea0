// A labelled input with a hint and, when something is wrong, what; both are read with it. Around and describedBy are for
// fields that are put together elsewhere.
import { type ComponentChildren, type JSX } from 'preact';
import { useId } from 'preact/hooks';
import { CircleAlert } from 'lucide-preact';

export interface Described {
  label: string;
  hint?: ComponentChildren;
  mistake?: string | undefined;
}

type InputProps = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'onInput' | 'label'>;

export function describedBy(id: string, { hint, mistake }: Described): string | undefined {
  const parts = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : undefined;
}

export function Around({ id, about, children }: { id: string; about: Described; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{about.label}</label>
      {children}
      {about.hint && <span class="hint" id={`${id}-hint`}>{about.hint}</span>}
      {about.mistake && (
        <span class="mistake" id={`${id}-mistake`} role="alert"><CircleAlert aria-hidden="true" size={16} />{about.mistake}</span>
      )}
    </div>
  );
}

export function TextField({ label, hint, mistake, value, onValue, ...rest }: Described & InputProps & {
  value: string; onValue: (value: string) => void;
}) {
  const id = useId();
  const about = { label, hint, mistake };
  return (
    <Around id={id} about={about}>
      <input class="input" id={id} value={value} aria-invalid={mistake ? true : undefined} aria-describedby={describedBy(id, about)}
        onInput={(event) => onValue(event.currentTarget.value)} {...rest} />
    </Around>
  );
}

export function TextArea({ label, hint, mistake, value, onValue, maxLength }: Described & {
  value: string; onValue: (value: string) => void; maxLength?: number;
}) {
  const id = useId();
  const about = { label, hint, mistake };
  return (
    <Around id={id} about={about}>
      <textarea class="input" id={id} value={value} maxLength={maxLength} aria-invalid={mistake ? true : undefined}
        aria-describedby={describedBy(id, about)} onInput={(event) => onValue(event.currentTarget.value)} />
    </Around>
  );
}

export function SelectField<Value extends string>({ label, hint, mistake, value, options, onValue }: Described & {
  value: Value; options: { value: Value; text: string; disabled?: boolean }[]; onValue: (value: Value) => void;
}) {
  const id = useId();
  const about = { label, hint, mistake };
  return (
    <Around id={id} about={about}>
      <select class="input" id={id} value={value} aria-describedby={describedBy(id, about)}
        onChange={(event) => onValue(event.currentTarget.value as Value)}>
        {options.map((one) => <option key={one.value} value={one.value} disabled={one.disabled}>{one.text}</option>)}
      </select>
    </Around>
  );
}

export function CheckField({ label, checked, onChecked }: { label: ComponentChildren; checked: boolean; onChecked: (checked: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={checked} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
