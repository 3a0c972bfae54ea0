// Who made the link and what they say about it.
import { type ComponentChildren, Fragment } from 'preact';
import { t } from '../i18n/index.ts';
import { UserText } from '../ui/text.tsx';
import { type Info } from './calls.ts';

export function From({ info }: { info: Info }) {
  const { instance, domain } = info.from;
  return (
    <p class="outside-from muted">
      {t('outside.server')} {instance !== domain && <><UserText text={instance} /> · </>}<UserText class="mono" text={domain} />
    </p>
  );
}

export function Note({ info }: { info: Info }) {
  if (!info.note) return null;
  return (
    <figure class="outside-note">
      <figcaption class="visually-hidden">{t('outside.note')}</figcaption>
      <blockquote>{info.note.split('\n').map((line, at) => <p key={at}><UserText text={line} /></p>)}</blockquote>
    </figure>
  );
}

export interface Fact { name: string; value: ComponentChildren }

export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl class="facts outside-facts">
      {facts.map(({ name, value }) => <Fragment key={name}><dt>{name}</dt><dd>{value}</dd></Fragment>)}
    </dl>
  );
}
