// Makes an API token: what for, what it may, how long; then its text, which is shown this once.
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { isAdmin } from '../../api/session.ts';
import { type Schema } from '../../api/types.ts';
import { formatDate } from '../../i18n/format.ts';
import { type Key, t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { ProblemNotice } from '../../ui/notice.tsx';
import { MadeToken } from './made_token.tsx';
import { kScopes, type Scope } from './scopes.ts';

type NewToken = Schema<'NewApiTokenAnswer'>;

const kDay = 86_400;  // seconds
const kLife = {
  7: 'account.life.week', 30: 'account.life.month', 90: 'account.life.quarter', 365: 'account.life.year', 3650: 'account.life.decade',
} as const satisfies Record<number, Key>;  // days
type Days = `${keyof typeof kLife}`;

function ScopeFields({ chosen, onChosen, mistake }: {
  chosen: ReadonlySet<Scope>; onChosen: (chosen: ReadonlySet<Scope>) => void; mistake: string | undefined;
}) {
  const offered = kScopes.filter(({ adminsOnly }) => !adminsOnly || isAdmin());
  const toggle = (scope: Scope, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(scope);
    else next.delete(scope);
    onChosen(next);
  };
  return (
    <fieldset class="stack tight" aria-invalid={mistake ? true : undefined} aria-describedby={mistake && 'account-scope-mistake'} tabIndex={-1}>
      <legend class="field-label">{t('account.tokenScopes')}</legend>
      {offered.map(({ scope, name, text }) => (
        <CheckField key={scope} checked={chosen.has(scope)} onChecked={(on) => toggle(scope, on)}
          label={<>{t(name)}<small class="muted row-detail">{t(text)}</small></>} />
      ))}
      {mistake && <p class="field"><span class="mistake" id="account-scope-mistake" role="alert">{mistake}</span></p>}
    </fieldset>
  );
}

function Wish({ onMade, onClose }: { onMade: (token: NewToken) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set());
  const [days, setDays] = useState<Days>('90');
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus(), [tries]);
  const noName = tries > 0 && !name.trim() ? t('account.tokenNameMissing') : undefined;
  const noScope = tries > 0 && scopes.size === 0 ? t('account.tokenScopeMissing') : undefined;
  const seconds = Number(days) * kDay;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTries(tries + 1);
    if (busy || !name.trim() || scopes.size === 0) return;
    setBusy(true);
    setProblem(undefined);
    try {
      onMade(await call('post', '/api/users/me/api-tokens', { body: { name: name.trim(), scopes: [...scopes], expires_in: seconds } }));
    } catch (reason) {
      setProblem(asProblem(reason));
      setBusy(false);
    }
  };
  const options = Object.entries(kLife).map(([value, text]) => ({ value: value as Days, text: t(text) }));
  return (
    <form ref={form} class="stack" onSubmit={submit} noValidate aria-label={t('account.tokenNew')}>
      <TextField label={t('account.tokenName')} hint={t('account.tokenNameHint')} value={name} onValue={setName} mistake={noName}
        maxLength={60} required autofocus autocomplete="off" />
      <ScopeFields chosen={scopes} onChosen={setScopes} mistake={noScope} />
      <SelectField label={t('account.tokenLife')} value={days} onValue={setDays} options={options}
        hint={t('account.tokenUntil', { when: formatDate(new Date(Date.now() + seconds * 1000).toISOString()) })} />
      {problem && <ProblemNotice problem={problem} />}
      <div class="form-foot">
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button submit kind="primary" busy={busy}>{t('account.tokenMake')}</Button>
      </div>
    </form>
  );
}

export function NewTokenDialog({ onMade, onClose }: { onMade: () => Promise<void>; onClose: () => void }) {
  const [made, setMade] = useState<NewToken>();
  const take = (token: NewToken) => {
    setMade(token);
    void onMade();
  };
  return (
    <Dialog wide title={made ? t('account.tokenMade') : t('account.tokenNew')} onClose={onClose}>
      {made ? <MadeToken token={made.token} onClose={onClose} /> : <Wish onMade={take} onClose={onClose} />}
    </Dialog>
  );
}
