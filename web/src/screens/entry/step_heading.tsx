import { type ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

// Has the focus as soon as it is there: the button that led here is gone.
export function StepHeading({ children }: { children: ComponentChildren }) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => element.current?.focus(), []);
  return <h2 ref={element} tabIndex={-1}>{children}</h2>;
}
