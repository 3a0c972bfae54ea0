// Recovery codes, shown once: they log in when the phone with the app is lost. The dialog stays until one says that they
// are kept.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Download, Printer } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { me } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { saveByBrowser } from '../../media/save.ts';
import { instanceName } from '../../shell/instance_name.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { CheckField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { codesFile } from './codes.ts';
import { PasswordDialog } from './password_dialog.tsx';

const kFile = 'kith-recovery-codes.txt';

function save(heading: string, codes: string[]): void {
  const href = URL.createObjectURL(new Blob([codesFile(heading, codes)], { type: 'text/plain' }));
  saveByBrowser(href, kFile);
  setTimeout(() => URL.revokeObjectURL(href), 60_000);  // the download has begun by then
}

export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const [hurried, setHurried] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.focus(), []);
  const heading = t('account.codesHeading', { who: visible(me().address), name: visible(instanceName.value) });
  const close = () => (kept ? onClose() : setHurried(true));
  return (
    <Dialog title={t('account.codes')} onClose={close}>
      <div class="stack">
        <Notice kind="warn" title={t('account.codesOnce')}><p>{t('account.codesOnceText')}</p></Notice>
        <p class="only-print"><UserText text={heading} /></p>
        <ul class="recovery-codes mono" ref={list} tabIndex={-1} aria-label={t('account.codes')} translate={false}>
          {codes.map((code) => <li key={code}>{code}</li>)}
        </ul>
        <div class="row wrap">
          <CopyButton text={codes.join('\n')} label={t('account.codesCopy')} small={false} />
          <Button icon={Download} onClick={() => save(heading, codes)}>{t('account.codesSave')}</Button>
          <Button icon={Printer} onClick={() => window.print()}>{t('account.codesPrint')}</Button>
        </div>
        <div class="stack tight field">
          <CheckField label={t('account.codesKept')} checked={kept} onChecked={setKept} />
          {hurried && !kept && <p class="mistake" role="alert">{t('account.codesNotKept')}</p>}
        </div>
        <div class="form-foot"><Button kind="primary" onClick={close}>{t('account.done')}</Button></div>
      </div>
    </Dialog>
  );
}

// New ones, in the place of those there were.
export function RecoveryDialog({ onChanged, onClose }: { onChanged: () => Promise<void>; onClose: () => void }) {
  const [codes, setCodes] = useState<string[]>();
  const make = async (current_password: string) => {
    setCodes((await call('post', '/api/users/me/recovery-codes', { body: { current_password } })).recovery_codes);
    void onChanged();
  };
  if (codes) return <RecoveryCodes codes={codes} onClose={onClose} />;
  return (
    <PasswordDialog title={t('account.codesNew')} yes={t('account.codesMake')} act={make} onClose={onClose}>
      <p>{t('account.codesNewText')}</p>
    </PasswordDialog>
  );
}
