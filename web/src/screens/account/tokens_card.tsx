// API tokens: passwords for scripts, each good for some things only.
import { useRef, useState } from 'preact/hooks';
import { KeyRound, Plus, Trash2 } from 'lucide-preact';
import { call } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { problemText } from '../../api/problem_text.ts';
import { type Schema } from '../../api/types.ts';
import { useResource } from '../../data/use_resource.ts';
import { formatAgo, formatDate, formatList } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { ask } from '../../ui/ask.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { EmptyState, ProblemNotice } from '../../ui/notice.tsx';
import { Chip } from '../../ui/pieces.tsx';
import { Loading } from '../../ui/progress.tsx';
import { UserText, visible } from '../../ui/text.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useMinute } from '../../ui/use_minute.ts';
import { NewTokenDialog } from './new_token_dialog.tsx';
import { scopeName } from './scopes.ts';

type ApiToken = Schema<'ApiToken'>;

function Row({ token, onDelete }: { token: ApiToken; onDelete: () => void }) {
  useMinute();
  const over = Date.parse(token.expires_at) <= Date.now();
  const when = formatDate(token.expires_at);
  return (
    <li class="list-row">
      <span class="kind-icon"><KeyRound aria-hidden="true" /></span>
      <div class="grow">
        <p class="row wrap account-name"><UserText text={token.name} />{over && <Chip tone="warn">{t('account.tokenOver')}</Chip>}</p>
        <small class="row-detail">{formatList(token.scopes.map((scope) => t(scopeName(scope))))}</small>
        <small class="muted row-detail">
          {t(over ? 'account.tokenEnded' : 'account.tokenUntil', { when })}
          {' · '}
          {token.last_used_at ? t('account.tokenUsed', { when: formatAgo(token.last_used_at), client: visible(token.last_client ?? '?') })
            : t('account.tokenUnused')}
        </small>
      </div>
      <IconButton icon={Trash2} label={t('account.tokenDeleteName', { name: visible(token.name) })} onClick={onDelete} />
    </li>
  );
}

// True: it is gone.
async function remove({ id, name }: ApiToken): Promise<boolean> {
  const sure = await ask({
    title: t('account.tokenDeleteTitle', { name: visible(name) }), text: t('account.tokenDeleteText'), yes: t('account.tokenDelete'), danger: true,
  });
  if (!sure) return false;
  try {
    await call('delete', '/api/users/me/api-tokens/{id}', { path: { id } });
  } catch (reason) {
    const problem = asProblem(reason);
    if (problem.status !== 404) {  // gone already is what was wanted
      toast({ text: problemText(problem), kind: 'danger' });
      return false;
    }
  }
  toast({ text: t('account.tokenDeleted', { name: visible(name) }) });
  return true;
}

export function TokensCard() {
  const tokens = useResource(async (signal) => (await call('get', '/api/users/me/api-tokens', { signal })).items, []);
  const [making, setMaking] = useState(false);
  const rows = useRef<HTMLUListElement>(null);
  const { data } = tokens;
  const act = async (token: ApiToken) => {
    if (!await remove(token)) return;
    await tokens.reload();
    (rows.current ?? document.querySelector('main'))?.focus();  // the button that was pressed goes with its row
  };
  const make = <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>{t('account.tokenNew')}</Button>;
  return (
    <section class="card stack" aria-labelledby="account-tokens">
      <h2 id="account-tokens">{t('account.tokens')}</h2>
      <p class="muted">{t('account.tokensText')}</p>
      {tokens.problem && <ProblemNotice problem={tokens.problem} onRetry={tokens.reload} />}
      {!data && tokens.loading && <Loading />}
      {data?.length === 0 && <EmptyState level={3} icon={KeyRound} title={t('account.tokensEmpty')} actions={make}>{t('account.tokensEmptyText')}</EmptyState>}
      {data && data.length > 0 && (
        <>
          <ul class="list account-list" ref={rows} tabIndex={-1} aria-labelledby="account-tokens">
            {data.map((token) => <Row key={token.id} token={token} onDelete={() => void act(token)} />)}
          </ul>
          <div>{make}</div>
        </>
      )}
      {making && <NewTokenDialog onMade={tokens.reload} onClose={() => setMaking(false)} />}
    </section>
  );
}
