// Stops sharing, in any number, with a way back; and changes until when something is shared.
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { call } from '../../api/client.ts';
import { handleOf } from '../../data/address.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { isExpired, type OwnShare } from './groups.ts';
import { ownShares } from './lists.ts';
import { endShares, shareWith } from './share_acts.ts';
import { shortName } from './short_name.ts';

// Shares once more what was stopped, as it was; what has come to its end meanwhile stays ended.
async function restore(shares: readonly OwnShare[]): Promise<void> {
  const alive = shares.filter((share) => !isExpired(share, Date.now()));
  const alike = new Map<string, OwnShare[]>();
  for (const share of alive) {
    const key = `${share.expires_at ?? ''} ${share.strip} ${share.with}`;
    alike.set(key, [...alike.get(key) ?? [], share]);
  }
  let restored = 0;
  let why = '';
  for (const group of alike.values()) {
    const [first] = group;
    if (!first) continue;
    const { expires_at: end, strip } = first;
    const until = end === null ? undefined : new Date(end);
    const { shares: made, problem } = await shareWith(first.with, group.map(({ asset_id: id }) => id), until, strip);
    restored += made.length;
    if (problem) why = problem.status === 404 ? t('shared.partly.gone') : problemText(problem);
  }
  void ownShares.refresh();
  if (why) toast({ kind: 'danger', text: t('shared.restoreFailed', { n: shares.length - restored, why }) });
  else if (alive.length < shares.length) toast({ text: t('shared.restoreExpired', { n: shares.length - alive.length }) });
  else toast({ text: t('shared.restored') });
}

function tellStopped(shares: readonly OwnShare[]): void {
  const [first] = shares;
  if (!first) return;
  const people = new Set(shares.map((share) => share.with));
  const files = new Set(shares.map(({ asset_id: id }) => id));
  const who = people.size === 1 ? visible(handleOf(first.with)) : t('shared.people', { n: people.size });
  toast({
    text: t('shared.stopped', { who, people: people.size, n: files.size, name: shortName(first.asset.name) }),
    action: { text: t('action.undo'), act: () => restore(shares) },
  });
}

// The rows go at once; those of shares that could not be ended come back.
export async function stopSharing(shares: readonly OwnShare[]): Promise<void> {
  ownShares.remove(new Set(shares.map(({ id }) => id)));
  const { ended, problem } = await endShares(shares.map(({ id }) => id));
  const done = shares.filter(({ id }) => ended.includes(id));
  tellStopped(done);
  if (!problem) return;
  const left = shares.filter(({ id }) => !ended.includes(id));
  toast({
    kind: 'danger', text: t('shared.stopFailed', { n: left.length, why: problemText(problem) }),
    action: { text: t('action.retry'), act: () => stopSharing(left) },
  });
  void ownShares.bringBack(left.map(({ id }) => id));
}

// All of one person's, or of one file's, after asking.
export async function stopAll(shares: readonly OwnShare[], question: { title: string; text: string }): Promise<boolean> {
  if (!await ask({ ...question, yes: t('shared.stopAllYes', { n: shares.length }), danger: true })) return false;
  await stopSharing(shares);
  return true;
}

// Says what went wrong, if anything did.
export async function changeExpiry(share: OwnShare, until: Date | undefined): Promise<boolean> {
  try {
    const body = { asset_ids: [share.asset_id], with: share.with, strip: share.strip, ...(until && { expires_at: until.toISOString() }) };
    await call('post', '/api/shares', { body, once: true });
    void ownShares.refresh();
    return true;
  } catch (reason) {
    toast({ kind: 'danger', text: problemText(asProblem(reason)) });
    return false;
  }
}
