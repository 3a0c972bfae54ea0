// See ../en/strangers.ts.
import { common } from './common.ts';
import { errors } from './errors.ts';
import { live_page } from './live_page.ts';
import { outside } from './outside.ts';

export const de = { ...common, ...errors, ...live_page, ...outside };
