// The second factor: whether log-ins need a code of an authenticator app besides the password.
import { type ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ShieldCheck, ShieldOff } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatDate } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { Chip } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { toast } from '../../ui/toasts.tsx';
import { PasswordDialog } from './password_dialog.tsx';
import { RecoveryDialog } from './recovery_codes.tsx';
import { SetUpDialog } from './second_factor_set_up.tsx';

type SecondFactor = Schema<'SecondFactor'>;
type Open = 'set-up' | 'codes' | 'off';

const kFew = 3;  // recovery codes

function Off({ onOpen }: { onOpen: (what: Open) => void }) {
  return (
    <>
      <p>{t('account.factorOffText')}</p>
      <div><Button kind="primary" icon={ShieldCheck} onClick={() => onOpen('set-up')}>{t('account.factorSetUp')}</Button></div>
    </>
  );
}

function On({ factor, onOpen }: { factor: SecondFactor; onOpen: (what: Open) => void }) {
  const left = factor.recovery_codes_left;
  return (
    <>
      <p>{factor.confirmed_at ? t('account.factorOnSince', { when: formatDate(factor.confirmed_at) }) : t('account.factorOnText')}</p>
      {left < kFew ? <Notice kind="warn" title={t('account.codesLeft', { n: left })}><p>{t('account.codesFew')}</p></Notice>
        : <p>{t('account.codesLeft', { n: left })}</p>}
      <div class="row wrap">
        <Button onClick={() => onOpen('codes')}>{t('account.codesNew')}</Button>
        <Button kind="danger" icon={ShieldOff} onClick={() => onOpen('off')}>{t('account.factorEnd')}</Button>
      </div>
    </>
  );
}

function Frame({ factor, children }: { factor: SecondFactor | undefined; children: ComponentChildren }) {
  return (
    <section class="card stack" aria-labelledby="account-factor">
      <div class="row wrap">
        <h2 id="account-factor">{t('account.factor')}</h2>
        {factor && <Chip tone={factor.enabled ? 'ok' : 'plain'}>{t(factor.enabled ? 'account.factorOn' : 'account.factorOff')}</Chip>}
      </div>
      {children}
    </section>
  );
}

export function SecondFactorCard() {
  const factor = useResource((signal) => call('get', '/api/users/me/second-factor', { signal }), []);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const turnOff = async (current_password: string) => {
    await call('delete', '/api/users/me/second-factor', { body: { current_password } });
    close();
    toast({ text: t('account.factorEnded') });
    await factor.reload();
  };
  const { data } = factor;
  return (
    <Frame factor={data}>
      {factor.problem && <ProblemNotice problem={factor.problem} onRetry={factor.reload} />}
      {!data && factor.loading && <Loading />}
      {data && (data.enabled ? <On factor={data} onOpen={setOpen} /> : <Off onOpen={setOpen} />)}
      {open === 'set-up' && <SetUpDialog onChanged={factor.reload} onClose={close} />}
      {open === 'codes' && <RecoveryDialog onChanged={factor.reload} onClose={close} />}
      {open === 'off' && (
        <PasswordDialog title={t('account.factorEndTitle')} yes={t('account.factorEnd')} danger act={turnOff} onClose={close}>
          <p>{t('account.factorEndText')}</p>
        </PasswordDialog>
      )}
    </Frame>
  );
}
