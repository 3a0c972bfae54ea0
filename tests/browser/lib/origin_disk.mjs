// Where the browser would ask where to save, this answers: with a folder of the browser's own, which a story can look
// into afterwards. As options of openLink() and its like.

function answerPickers() {
  const folder = () => navigator.storage.getDirectory();
  window.showSaveFilePicker = async ({ suggestedName }) => (await folder()).getFileHandle(suggestedName, { create: true });
  window.showDirectoryPicker = folder;
}

function leavePickersOut() {
  delete window.showSaveFilePicker;
  delete window.showDirectoryPicker;
}

export const withPickers = { before: ({ context }) => context.addInitScript(answerPickers) };
export const inMemory = { before: ({ context }) => context.addInitScript(leavePickersOut) };

// Names and digests of what was saved.
export const onThatDisk = (page) => page.evaluate(async () => {
  const found = {};
  for await (const [name, handle] of (await navigator.storage.getDirectory()).entries()) {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await (await handle.getFile()).arrayBuffer()));
    found[name] = `sha-256:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  }
  return found;
});
