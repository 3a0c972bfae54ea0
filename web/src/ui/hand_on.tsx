// Hands a link to another program, where the browser has a way to do so.
import { Share } from 'lucide-preact';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';

export function HandOn({ link, onDone }: { link: string; onDone?: () => void }) {
  if (!('share' in navigator)) return null;
  const share = async () => {
    // Refused, or given up: then it is still here to copy.
    await navigator.share({ url: link }).then(onDone, () => undefined);
  };
  return <Button icon={Share} onClick={share}>{t('action.handOn')}</Button>;
}
