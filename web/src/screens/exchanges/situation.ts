// How an exchange stands, as people would say it, and what it is called. Pure functions.
import { type Exchange } from '../../api/types.ts';

export type Situation = 'waiting' | 'uploading' | 'partial' | 'ready' | 'arriving' | 'arrived' | 'exhausted' | 'expired' | 'revoked';

// `sending`: this page is putting files in.
export function situationOf(exchange: Exchange, now: number, sending = false): Situation {
  const { direction, state, finished } = exchange;
  if (state === 'revoked' || state === 'exhausted' || state === 'expired') return state;
  if (Date.parse(exchange.expires_at) <= now) return 'expired';
  if (sending || state === 'uploading') return 'uploading';
  if (state === 'open') return 'waiting';
  if (direction === 'receive') return finished ? 'arrived' : 'arriving';
  return finished ? 'ready' : 'partial';
}

export const hasEnded = (situation: Situation) => situation === 'exhausted' || situation === 'expired' || situation === 'revoked';
