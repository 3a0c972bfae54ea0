// What only an admin can do, at a shell: whether it is time for that again.

export const kLongAgo = 30;  // days since the last backup, or since the last time that all was verified

export type Upkeep = 'never' | 'due' | 'fine';

// `at` is when it was last done; `now` is for tests.
export function upkeep(at: string | null | undefined, now = Date.now()): Upkeep {
  if (!at) return 'never';
  return now - Date.parse(at) > kLongAgo * 86_400_000 ? 'due' : 'fine';
}
