// The last thing that somebody sees whose account is gone.
import { t } from '../../i18n/index.ts';
import { farewell } from '../../shell/farewell.ts';
import { Button } from '../../ui/button.tsx';
import { visible } from '../../ui/text.tsx';
import '../../styles/entry.css';
import { GateFrame } from './frame.tsx';

export function Goodbye({ address }: { address: string }) {
  return (
    <GateFrame title={t('account.goodbye')}>
      <div class="card stack" role="status">
        <p>{t('account.goodbyeText', { who: visible(address) })}</p>
        <p>{t('account.goodbyeMail')}</p>
        <Button wide autofocus onClick={() => { farewell.value = undefined; }}>{t('account.goodbyeDone')}</Button>
      </div>
    </GateFrame>
  );
}
