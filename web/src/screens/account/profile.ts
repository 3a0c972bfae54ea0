// What the form of one's profile holds, and what of it has to be saved.
import { type Me, type MeChange } from './use_me.ts';

export interface Profile {
  first_name: string;
  last_name: string;
  organization: string;  // empty: none
  language: string;      // of mails; empty: not chosen
}

export function profileOf(me: Me): Profile {
  return { first_name: me.first_name, last_name: me.last_name, organization: me.organization ?? '', language: me.language ?? '' };
}

// Only what differs. Spaces around a name are no part of it.
export function changesIn(form: Profile, me: Me): MeChange {
  const before = profileOf(me);
  const now = { ...form, first_name: form.first_name.trim(), last_name: form.last_name.trim(), organization: form.organization.trim() };
  return {
    ...(now.first_name !== before.first_name && { first_name: now.first_name }),
    ...(now.last_name !== before.last_name && { last_name: now.last_name }),
    ...(now.organization !== before.organization && { organization: now.organization || null }),
    ...(now.language !== before.language && { language: now.language || null }),
  };
}
