// Whether this page offers files live, for what stands around the screens: the screen itself, and all that encrypts, is
// fetched only when it is wanted.
import { signal } from '@preact/signals';

export interface LiveNow {
  leave: () => Promise<void>;   // ends it for everybody; done when the server knows
}

export const liveNow = signal<LiveNow | undefined>(undefined);
