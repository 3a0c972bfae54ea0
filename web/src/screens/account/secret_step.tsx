// The secret for the authenticator app, as a QR code and to type by hand; and the code the app shows then.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { lazy } from '../../shell/lazy.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { digitsOf, inFours } from './codes.ts';

const QrCode = lazy(async () => (await import('../../ui/qr_code.tsx')).QrCode);

const kDigits = 6;

function Secret({ secret, uri }: Schema<'SecondFactorSecret'>) {
  return (
    <div class="account-secret">
      <QrCode text={uri} label={t('account.factorQr')} />
      <div class="stack tight grow">
        <h3>{t('account.factorByHand')}</h3>
        <p class="fingerprint" translate={false}>{inFours(secret)}</p>
        <div class="row wrap"><CopyButton text={secret} label={t('account.factorCopy')} /></div>
        <p class="muted"><small>{t('account.factorByHandText')}</small></p>
      </div>
    </div>
  );
}

export function SecretStep({ secret, onConfirmed, onClose }: {
  secret: Schema<'SecondFactorSecret'>; onConfirmed: (codes: string[]) => void; onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input')?.focus(), [tries]);
  const code = digitsOf(typed);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    setProblem(undefined);
    if (code.length !== kDigits) return setTries(tries + 1);
    setBusy(true);
    try {
      onConfirmed((await call('post', '/api/users/me/second-factor/confirm', { body: { code } })).recovery_codes);
    } catch (reason) {
      setProblem(asProblem(reason));
      setTries(tries + 1);
      setBusy(false);
    }
  };
  const isWrong = problem?.code === 'wrong_second_factor';
  const mistake = isWrong ? t('account.codeWrong') : tries > 0 && code.length !== kDigits ? t('account.codeShort') : undefined;
  return (
    <form ref={form} class="stack" onSubmit={submit} noValidate aria-label={t('account.factorSetUp')}>
      <p>{t('account.factorScan')}</p>
      <Secret {...secret} />
      <TextField label={t('account.code')} hint={t('account.codeHint')} mistake={mistake} value={typed} onValue={setTyped}
        class="input account-digits" inputMode="numeric" autocomplete="one-time-code" required maxLength={12} />
      {problem && !isWrong && <ProblemNotice problem={problem} />}
      <div class="form-foot">
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button submit kind="primary" busy={busy}>{t('account.factorConfirm')}</Button>
      </div>
    </form>
  );
}
