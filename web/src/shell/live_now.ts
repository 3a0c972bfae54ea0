// Whether this page offers files live, for what stands around the screens: the screen itself, and all that encrypts, is
// fetched only when it is wanted.
import { signal } from '@preact/signals';

export interface LiveNow {
  leave: () => void;   // ends it for everybody
}

export const liveNow = signal<LiveNow | undefined>(undefined);
