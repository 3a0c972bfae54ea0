// The text of a new API token, which nothing shows again, and how a script uses it.
import { useEffect, useRef } from 'preact/hooks';
import { base } from '../../api/base.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CopyButton } from '../../ui/pieces.tsx';

export function MadeToken({ token, onClose }: { token: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);  // the form that had it is gone
  const example = `curl -H 'Authorization: Bearer ${token}' ${new URL('api/users/me', base).href}`;
  return (
    <div class="stack">
      <Notice kind="warn" role="status" title={t('account.tokenOnce')}><p>{t('account.tokenOnceText')}</p></Notice>
      <label class="field">
        <span class="field-label">{t('account.tokenItself')}</span>
        <input ref={field} class="input mono" readOnly value={token} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div><CopyButton text={token} label={t('account.tokenCopy')} small={false} kind="primary" /></div>
      <div class="stack tight">
        <h3>{t('account.tokenExample')}</h3>
        <code class="command account-code">{example}</code>
        <div><CopyButton text={example} label={t('account.tokenExampleCopy')} /></div>
      </div>
      <div class="form-foot"><Button onClick={onClose}>{t('account.done')}</Button></div>
    </div>
  );
}
