import type { Topic } from '../en/index.ts';

export const people: Topic<'people'> = {
};
