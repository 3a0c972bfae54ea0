// Something to type into a shell.
export function Command({ text }: { text: string }) {
  return <code class="command">{text}</code>;
}
