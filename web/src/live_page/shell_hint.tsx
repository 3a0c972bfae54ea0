// The same without a browser.
import { t } from '../i18n/index.ts';
import { CopyButton } from '../ui/pieces.tsx';

export function ShellHint() {
  const command = `kith live receive '${location.href}'`;
  return (
    <details>
      <summary>{t('livePage.shell')}</summary>
      <div class="stack tight outside-shell">
        <p class="muted">{t('livePage.shell.text')}</p>
        <code class="command" translate={false}>{command}</code>
        <div><CopyButton text={command} /></div>
      </div>
    </details>
  );
}
