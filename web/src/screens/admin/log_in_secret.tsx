// The secret that signs log-ins, for whoever fears that somebody has seen it.
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toasts.tsx';

async function rotate(): Promise<void> {
  if (!await ask({ title: t('admin.rotateTitle'), text: t('admin.rotateText'), yes: t('admin.rotate') })) return;
  try {
    await call('post', '/api/admin/secrets/rotate');
    toast({ text: t('admin.rotated') });
  } catch (reason) {
    toast({ text: problemText(asProblem(reason)), kind: 'danger' });
  }
}

export function LogInSecret() {
  return (
    <section class="card stack" aria-labelledby="admin-secrets">
      <h2 id="admin-secrets">{t('admin.secrets')}</h2>
      <p class="muted">{t('admin.secretsText')}</p>
      <div><Button onClick={rotate}>{t('admin.rotate')}</Button></div>
    </section>
  );
}
