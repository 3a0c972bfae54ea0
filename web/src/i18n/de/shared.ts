import type { Topic } from '../en/index.ts';

export const shared: Topic<'shared'> = {
};
