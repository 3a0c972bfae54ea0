// Ends a link, after asking. True: it has ended.
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Exchange } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { toast } from '../../ui/toasts.tsx';
import { exchanges } from './list.ts';
import { stopSending } from './sendings.ts';

export async function revoke({ id, direction }: Exchange): Promise<boolean> {
  const text = t(`exchanges.end.${direction}`);
  if (!await ask({ title: t('exchanges.end.title'), text, yes: t('exchanges.end'), danger: true })) return false;
  stopSending(id);
  try {
    await call('delete', '/api/exchanges/{id}', { path: { id } });
    toast({ text: t('exchanges.ended') });
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404) {
      toast({ kind: 'danger', text: problemText(problem) });
      return false;
    }
  }
  void exchanges.refresh();
  return true;
}
