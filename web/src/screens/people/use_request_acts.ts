// What the answers to a request do, beyond telling the daemon: what is said, asked, and shown next.
import { useLocation } from 'wouter-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { isAdmin } from '../../api/session.ts';
import { type Connection } from '../../api/types.ts';
import { domainOf } from '../../data/address.ts';
import { isOwn } from '../../data/connections.ts';
import { t } from '../../i18n/index.ts';
import { waitingRequests } from '../../shell/requests.ts';
import { ask } from '../../ui/ask.tsx';
import { toast } from '../../ui/toasts.tsx';
import { approve, doPlain } from './acts.ts';
import { readInstances } from './instances_list.ts';
import { type RequestActs } from './request_card.tsx';
import { namesOf } from './who.ts';

function fromSameServer(request: Connection): Connection[] {
  return waitingRequests.value.filter((one) => domainOf(one.peer) === domainOf(request.peer));
}

// Nobody there can ask any more; what they asked already is declined. False: it was not done.
async function block(request: Connection): Promise<boolean> {
  const names = namesOf(request);
  const sure = await ask({
    title: t('people.block.title', names), text: t('people.block.text', { ...names, n: fromSameServer(request).length }),
    yes: t('people.block.yes', names), danger: true,
  });
  if (!sure) return false;
  try {
    await call('post', '/api/admin/instances/{domain}/block', { path: { domain: domainOf(request.peer) } });
  } catch (reason) {
    toast({ text: problemText(asProblem(reason)), kind: 'danger' });
    return false;
  }
  for (const one of fromSameServer(request)) await doPlain('reject', one);
  toast({ text: t('people.block.done', names) });
  void readInstances();
  return true;
}

// `afterwards`: the card is gone, and with it the focus.
export function useRequestActs(afterwards: () => void): RequestActs {
  const [, navigate] = useLocation();
  return {
    onApprove: async (request) => {
      const outcome = await approve(request, request.fingerprint ?? '');
      if (!('done' in outcome)) return;
      // What comes next, comparing the words, is on that page, for whose connection it is.
      if (isOwn(request)) return navigate(`/people/${outcome.done.id}`);
      toast({ text: t('people.request.approved', namesOf(request)) });
      afterwards();
    },
    onDecline: async (request) => {
      const outcome = await doPlain('reject', request);
      if (!('done' in outcome)) return;
      toast({ text: t('people.request.declined', namesOf(request)) });
      afterwards();
    },
    onBlock: isAdmin() ? async (request) => {
      if (await block(request)) afterwards();
    } : undefined,
  };
}
