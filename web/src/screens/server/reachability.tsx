// Whether other servers get through to this one, as far as that is known, and what to do if somebody says they don't.
import { type Instance } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { formatAgo } from '../../i18n/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { useMinute } from '../../ui/use_minute.ts';

function hostOf(domain: string): { host: string; hasPort: boolean } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::\d+)?$/.exec(domain);
  const host = match?.[1] ?? domain;
  return { host, hasPort: host.length < domain.length };
}

function State({ instance }: { instance: Instance }) {
  useMinute();
  if (instance.delivery === 'poll') return <Notice title={t('reach.poll')} />;
  if (instance.reachability === 'reached' && instance.reached_at) {
    return <Notice kind="ok" title={t('reach.reached', { when: formatAgo(instance.reached_at) })} />;
  }
  return <Notice title={t('reach.unknown')}><p>{t('reach.unknownText')}</p></Notice>;
}

export function Reachability({ instance }: { instance: Instance }) {
  const { host, hasPort } = hostOf(instance.domain);
  const port = instance.public_listen.split(':').at(-1) ?? '';
  return (
    <div class="stack" aria-live="polite">
      <State instance={instance} />
      {instance.delivery !== 'poll' && (
        <details open={instance.reachability !== 'reached'}>
          <summary>{t('reach.help')}</summary>
          <ul class="help-list">
            <li>{t('reach.helpPort', { port })}</li>
            <li>{t('reach.helpName', { host })}</li>
            {!hasPort && !instance.public_tls && <li>{t('reach.helpTls')}</li>}
            <li>{t('reach.helpPoll')}</li>
            <li>{t('reach.check')}<code class="command">curl {instance.public_url}/.well-known/kith</code></li>
          </ul>
        </details>
      )}
    </div>
  );
}
