// Sharing, and taking it back.
import { call } from '../../api/client.ts';
import { asProblem, type Problem } from '../../api/problem.ts';
import { type Schema } from '../../api/types.ts';
import { inParallel } from '../../data/in_parallel.ts';

type PlainShare = Schema<'ShareBase'>;

const kMostAtOnce = 500;   // assets in one call

export interface Shared {
  address: string;
  shares: PlainShare[];
  problem: Problem | undefined;   // what stopped it; the shares before that hold
}

// Shows the files to one person.
export async function shareWith(address: string, assetIds: readonly string[], until: Date | undefined,
  strip: Schema<'Strip'>): Promise<Shared> {
  const shares: PlainShare[] = [];
  try {
    for (let at = 0; at < assetIds.length; at += kMostAtOnce) {
      const body = { asset_ids: assetIds.slice(at, at + kMostAtOnce), with: address, strip, ...(until && { expires_at: until.toISOString() }) };
      shares.push(...(await call('post', '/api/shares', { body, once: true })).items);
    }
    return { address, shares, problem: undefined };
  } catch (reason) {
    return { address, shares, problem: asProblem(reason) };
  }
}

export interface Ended {
  ended: string[];                 // ids; those that had ended already count
  problem: Problem | undefined;    // of the last one that could not be ended
}

// Takes shares back. `onProgress` hears how many are done.
export async function endShares(ids: readonly string[], onProgress?: (done: number) => void): Promise<Ended> {
  const ended: string[] = [];
  let problem: Problem | undefined;
  await inParallel(ids, async (id) => {
    try {
      await call('delete', '/api/shares/{id}', { path: { id } });
    } catch (reason) {
      const found = asProblem(reason);
      if (found.status !== 404) {
        problem = found;
        return;
      }
    }
    ended.push(id);
    onProgress?.(ended.length);
  });
  return { ended, problem };
}
