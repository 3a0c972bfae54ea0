// A password one chooses: how long it has to be is counted while one types.
import { type Problem } from '../../api/problem.ts';
import { t } from '../../i18n/index.ts';
import { PasswordField } from './password_field.tsx';
import { isTooLong, kLeastPassword, lengthOf } from './rules.ts';

export function passwordMistake(password: string): string | undefined {
  const missing = kLeastPassword - lengthOf(password);
  if (missing > 0) return t('setUp.passwordShort', { n: missing });
  return isTooLong(password) ? t('password.tooLong') : undefined;
}

// The daemon has found it among the most common ones.
export const isWeak = (problem: Problem | undefined) => problem?.code === 'weak_password';

function Length({ password }: { password: string }) {
  const length = lengthOf(password);
  const enough = length >= kLeastPassword;
  const part = Math.min(1, length / kLeastPassword);
  return (
    <span class={`password-length${enough ? ' enough' : ''}`}>
      <span class="password-bar" aria-hidden="true"><span style={{ inlineSize: `${part * 100}%` }} /></span>
      <span aria-hidden="true">{enough ? t('password.enough') : t('password.length', { n: length, of: kLeastPassword })}</span>
      <span class="visually-hidden" role="status">{enough && t('password.enough')}</span>
    </span>
  );
}

export function NewPassword({ label, value, onValue, mistake }: {
  label: string; value: string; onValue: (value: string) => void; mistake: string | undefined;
}) {
  return (
    <div class="stack tight">
      <PasswordField label={label} fresh hint={t('setUp.passwordHint')} mistake={mistake} value={value} onValue={onValue} />
      {value !== '' && <Length password={value} />}
    </div>
  );
}
