// What admins do about other servers.
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type KnownInstance } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { toast } from '../../ui/toasts.tsx';
import { instances, readInstances } from './instances_list.ts';

async function act(work: () => Promise<KnownInstance>, done: string): Promise<void> {
  try {
    instances.replace(await work());
    toast({ text: done });
  } catch (reason) {
    const problem = asProblem(reason);
    toast({ text: problemText(problem), kind: 'danger' });
    // Another admin was faster, or it shows yet another key: look again.
    if (problem.status === 409 || problem.status === 404) await readInstances();
  }
}

export async function block(domain: string): Promise<void> {
  const sure = await ask({
    title: t('people.block.title', { domain }), text: t('people.block.plainText', { domain }), yes: t('people.block.yes', { domain }), danger: true,
  });
  if (!sure) return;
  await act(() => call('post', '/api/admin/instances/{domain}/block', { path: { domain } }), t('people.block.done', { domain }));
}

export async function unblock(domain: string): Promise<void> {
  const sure = await ask({
    title: t('people.unblock.title', { domain }), text: t('people.unblock.text', { domain }), yes: t('people.unblock.yes'),
  });
  if (!sure) return;
  await act(() => call('post', '/api/admin/instances/{domain}/unblock', { path: { domain } }), t('people.unblock.done', { domain }));
}

// Exactly the key that is shown: if the server shows another one by now, nothing happens.
export async function acceptKey(domain: string, fingerprint: string): Promise<void> {
  const sure = await ask({
    title: t('people.key.title', { domain }), text: t('people.key.text', { domain }), yes: t('people.key.yes'), danger: true,
  });
  if (!sure) return;
  const accept = () => call('post', '/api/admin/instances/{domain}/accept-key', { path: { domain }, body: { fingerprint } });
  await act(accept, t('people.key.done', { domain }));
}
