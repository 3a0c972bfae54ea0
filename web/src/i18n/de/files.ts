import type { Topic } from '../en/index.ts';

export const files: Topic<'files'> = {
};
