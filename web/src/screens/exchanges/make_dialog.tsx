// The frame of both dialogs that make a link: a form, then the link itself.
import { type ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api/problem.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Notice, ProblemNotice } from '../../ui/notice.tsx';
import { exchanges } from './list.ts';
import { Made, type MadeLink, mayClose } from './made.tsx';

interface MakeDialogProps {
  title: string;
  children: ComponentChildren;
  lack: string | undefined;             // what it takes and is not there
  make: () => Promise<MadeLink>;        // throws a Problem
  onClose: () => void;
}

export function MakeDialog({ title, children, lack, make, onClose }: MakeDialogProps) {
  const [made, setMade] = useState<MadeLink>();
  const [taken, setTaken] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || lack !== undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      setMade(await make());
      void exchanges.refresh();
    } catch (reason) {
      setProblem(asProblem(reason));
    }
    setBusy(false);
  };
  const close = async () => { if (await mayClose(taken)) onClose(); };
  if (made) {
    return (
      <Dialog key="made" wide title={t('exchanges.made.heading')} onClose={close} actions={<Button onClick={close}>{t('exchanges.made.close')}</Button>}>
        <Made of={made} onTaken={() => setTaken(true)} />
      </Dialog>
    );
  }
  return (
    <Dialog key="wish" title={title} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        {children}
        {tried && lack !== undefined && <Notice kind="danger" role="alert" title={lack} />}
        {problem && <ProblemNotice problem={problem} />}
        <div class="row wrap end">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button submit kind="primary" busy={busy}>{t('exchanges.make')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
