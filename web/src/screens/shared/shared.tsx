// What others share with me, and what I share with others.
import { useLocation } from 'wouter-preact';
import { t } from '../../i18n/index.ts';
import { ScreenHead } from '../../shell/shell.tsx';
import '../../styles/shared.css';
import { ByFile } from './by_file.tsx';
import { ByMe } from './by_me.tsx';
import { ByMePerson } from './by_me_person.tsx';
import { placeOf } from './paths.ts';
import { Tabs } from './tabs.tsx';
import { WithMe } from './with_me.tsx';
import { WithMePerson } from './with_me_person.tsx';

export function Shared() {
  const [path] = useLocation();
  const place = placeOf(path);
  if (place.kind === 'with-me-person') return <WithMePerson key={place.address} address={place.address} />;
  if (place.kind === 'by-me-person') return <ByMePerson key={place.address} address={place.address} />;
  return (
    <>
      <ScreenHead title={t('nav.shared')} />
      <Tabs current={place.kind === 'with-me' ? 'with-me' : 'by-me'} />
      {place.kind === 'with-me' ? <WithMe /> : place.kind === 'by-me' ? <ByMe /> : <ByFile />}
    </>
  );
}
