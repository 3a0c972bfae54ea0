// What admins do about other servers.
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type KnownInstance } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { visible } from '../../ui/text.tsx';
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
  const names = { domain: visible(domain) };
  const sure = await ask({ title: t('people.block.title', names), text: t('people.block.plainText', names), yes: t('people.block.yes', names), danger: true });
  if (!sure) return;
  await act(() => call('post', '/api/admin/instances/{domain}/block', { path: { domain } }), t('people.block.done', names));
}

export async function unblock(domain: string): Promise<void> {
  const names = { domain: visible(domain) };
  if (!await ask({ title: t('people.unblock.title', names), text: t('people.unblock.text', names), yes: t('people.unblock.yes') })) return;
  await act(() => call('post', '/api/admin/instances/{domain}/unblock', { path: { domain } }), t('people.unblock.done', names));
}

// Exactly the key that is shown: if the server shows another one by now, nothing happens.
export async function acceptKey(domain: string, fingerprint: string): Promise<void> {
  const names = { domain: visible(domain) };
  const sure = await ask({ title: t('people.key.title', names), text: t('people.key.text', names), yes: t('people.key.yes'), danger: true });
  if (!sure) return;
  const accept = () => call('post', '/api/admin/instances/{domain}/accept-key', { path: { domain }, body: { fingerprint } });
  await act(accept, t('people.key.done', names));
}
