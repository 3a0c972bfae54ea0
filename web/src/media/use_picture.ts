// A small picture for a component: its address once it is there; given up when the component goes.
import { useEffect, useState } from 'preact/hooks';
import { smallPicture } from './small_pictures.ts';

// Without `href` there is nothing. `onFail` is called where there is no picture.
export function usePicture(href: string | undefined, onFail?: () => void): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    setUrl(undefined);
    if (href === undefined) return undefined;
    const control = new AbortController();
    let made: string | undefined;
    const show = (picture: Blob) => {
      if (control.signal.aborted) return;
      made = URL.createObjectURL(picture);
      setUrl(made);
    };
    smallPicture(href, control.signal).then(show, () => { if (!control.signal.aborted) onFail?.(); });
    return () => {
      control.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [href]);
  return url;
}
