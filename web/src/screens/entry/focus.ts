// Where the focus goes on the screens before the log-in.
import { type RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

// For a form: its first empty field has the focus when it appears, and the first one with a mistake each time what is
// returned is called.
export function useFormFocus(): { form: RefObject<HTMLFormElement>; toMistake: () => void } {
  const form = useRef<HTMLFormElement>(null);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    if (times > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
    else [...form.current?.querySelectorAll('input') ?? []].find(({ value }) => value === '')?.focus();
  }, [times]);
  return { form, toMistake: () => setTimes((before) => before + 1) };
}
