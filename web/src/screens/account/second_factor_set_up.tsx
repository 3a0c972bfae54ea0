// Sets up the second factor: the current password, the secret for the app, a code that shows that it works, recovery codes.
import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { type Schema } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { PasswordDialog } from './password_dialog.tsx';
import { RecoveryCodes } from './recovery_codes.tsx';
import { SecretStep } from './secret_step.tsx';

type Secret = Schema<'SecondFactorSecret'>;

export function SetUpDialog({ onChanged, onClose }: { onChanged: () => Promise<void>; onClose: () => void }) {
  const [secret, setSecret] = useState<Secret>();
  const [codes, setCodes] = useState<string[]>();
  const begin = async (current_password: string) => setSecret(await call('post', '/api/users/me/second-factor', { body: { current_password } }));
  const take = (given: string[]) => {
    setCodes(given);
    void onChanged();
  };
  if (codes) return <RecoveryCodes codes={codes} onClose={onClose} />;
  if (secret) {
    return (
      <Dialog wide title={t('account.factorSetUp')} onClose={onClose}>
        <SecretStep secret={secret} onConfirmed={take} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <PasswordDialog title={t('account.factorSetUp')} yes={t('account.factorNext')} act={begin} onClose={onClose}>
      <p>{t('account.factorSetUpText')}</p>
    </PasswordDialog>
  );
}
