import { account } from './account.ts';
import { admin } from './admin.ts';
import { albums } from './albums.ts';
import { common } from './common.ts';
import { deleted } from './deleted.ts';
import { entry } from './entry.ts';
import { errors } from './errors.ts';
import { exchanges } from './exchanges.ts';
import { files } from './files.ts';
import { health } from './health.ts';
import { live } from './live.ts';
import { live_page } from './live_page.ts';
import { outside } from './outside.ts';
import { people } from './people.ts';
import { photos } from './photos.ts';
import { shared } from './shared.ts';
import { storage } from './storage.ts';
import { unfinished } from './unfinished.ts';

const topics = { account, admin, albums, common, deleted, entry, errors, exchanges, files, health, live, live_page, outside, people, photos, shared, storage, unfinished };

export const en = { ...account, ...admin, ...albums, ...common, ...deleted, ...entry, ...errors, ...exchanges, ...files, ...health, ...live, ...live_page, ...outside, ...people, ...photos, ...shared, ...storage, ...unfinished };
export type Messages = Record<keyof typeof en, string>;
// What another language's file of this topic has to have.
export type Topic<Name extends keyof typeof topics> = Record<keyof (typeof topics)[Name], string>;
