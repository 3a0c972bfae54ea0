// Something that covers the whole window. The page beneath stays as it is, laid out and scrolled, but can't be reached
// meanwhile; toasts can. The browser's Back closes it.
import { type ComponentChildren, render } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

// Renders into an element of its own at the end of the body.
export function Overlay({ children }: { children: ComponentChildren }) {
  const [root] = useState(() => document.createElement('div'));
  useLayoutEffect(() => {
    const beneath = [...document.querySelectorAll<HTMLElement>('#app > :not(.toasts, dialog)')];
    for (const element of beneath) element.inert = true;
    document.documentElement.classList.add('covered');
    document.body.append(root);
    return () => {
      for (const element of beneath) element.inert = false;
      document.documentElement.classList.remove('covered');
      render(null, root);
      root.remove();
    };
  }, [root]);
  useLayoutEffect(() => render(children, root));
  return null;
}

// Opening counts as a step that the browser's Back takes back. What this returns closes as Back would.
export function useBack(onClose: () => void): () => void {
  const close = useRef(onClose);
  close.current = onClose;
  // Before anything is seen: a key pressed at once must not find another step on top.
  useLayoutEffect(() => {
    history.pushState({ covered: true }, '');
    const back = () => close.current();
    window.addEventListener('popstate', back);
    return () => window.removeEventListener('popstate', back);
  }, []);
  return () => {
    const state: unknown = history.state;
    const onTop = typeof state === 'object' && state !== null && 'covered' in state;
    if (onTop) history.back();
    else close.current();   // browsers refuse steps that come too fast
  };
}
