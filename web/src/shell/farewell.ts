import { signal } from '@preact/signals';

// The address of an account that was deleted here a moment ago; nothing otherwise.
export const farewell = signal<string | undefined>(undefined);
