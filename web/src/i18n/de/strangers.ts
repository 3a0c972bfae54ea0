// See ../en/strangers.ts.
import { common } from './common.ts';
import { errors } from './errors.ts';
import { outside } from './outside.ts';

export const de = { ...common, ...errors, ...outside };
