// The texts that pages for people without an account load: build.mjs puts this in the place of index.ts for them.
import { common } from './common.ts';
import { errors } from './errors.ts';
import { live_page } from './live_page.ts';
import { outside } from './outside.ts';

export const en = { ...common, ...errors, ...live_page, ...outside };
