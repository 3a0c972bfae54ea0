// What sharing lets people do, in one sentence before they do it.
import { type Asset } from '../../api/types.ts';
import { formatList, formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';

const kMostNames = 4;

// "bob, carol and 3 others".
export function someNames(names: readonly string[]): string {
  if (names.length <= kMostNames) return formatList([...names]);
  const rest = names.length - kMostNames + 1;
  return formatList([...names.slice(0, kMostNames - 1), t('shared.others', { n: rest })]);
}

interface EffectProps {
  who: readonly string[];
  assets: readonly Asset[];
  until: Date | undefined;
  missing: boolean;          // somebody wanted to go on without saying with whom
}

export function Effect({ who, assets, until, missing }: EffectProps) {
  const what = assets.every(({ kind }) => kind === 'photo') ? 'photos' : 'files';
  const when = until ? formatTime(until.toISOString()) : '';
  const values = { who: someNames(who), people: who.length, what, n: assets.length, ends: until ? 'yes' : 'no', when };
  return (
    <div class="share-effect" aria-live="polite">
      {who.length > 0 ? <p>{t('shared.dialog.effect', values)}</p>
        : <p class={missing ? 'mistake' : 'muted'} role={missing ? 'alert' : undefined}>{t('shared.dialog.nobodyChosen')}</p>}
    </div>
  );
}
