import type { Topic } from '../en/index.ts';

export const entry: Topic<'entry'> = {
};
