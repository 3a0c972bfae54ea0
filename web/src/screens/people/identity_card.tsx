// What to tell others so that they find and recognise this person: the address, and the server's fingerprint.
import { me } from '../../api/session.ts';
import { t } from '../../i18n/index.ts';
import { ProblemNotice } from '../../ui/notice.tsx';
import { CopyButton, Fingerprint } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText } from '../../ui/text.tsx';
import { Reachability } from '../server/reachability.tsx';
import { useInstance } from '../server/use_instance.ts';
import { NotifySwitch } from './notify_switch.tsx';

function OwnServer() {
  const { data, problem, reload } = useInstance();
  if (problem && !data) return <ProblemNotice problem={problem} onRetry={reload} />;
  if (!data) return <Loading />;
  return (
    <>
      <dl class="facts request-facts">
        <dt>{t('people.own.server')}</dt>
        <dd><UserText text={data.name || data.domain} /></dd>
        <dt>{t('people.fingerprint')}</dt>
        <dd class="own-fingerprint"><Fingerprint text={data.fingerprint} /><small class="muted">{t('people.own.fingerprintNote')}</small></dd>
      </dl>
      <Reachability instance={data} />
    </>
  );
}

export function IdentityCard() {
  const { address } = me();
  return (
    <section class="card stack" aria-labelledby="people-own">
      <h2 id="people-own">{t('people.own.title')}</h2>
      <div class="row wrap">
        <strong class="own-address-text"><UserText text={address} /></strong>
        <CopyButton text={address} label={t('people.own.copy')} />
      </div>
      <OwnServer />
      <NotifySwitch />
    </section>
  );
}
