export const files = {
  'files.kind.photo': 'Photo',
  'files.kind.video': 'Video',
  'files.kind.audio': 'Audio',
  'files.kind.document': 'Document',
  'files.kind.other': 'File',

  'media.viewer': 'Viewer: {name}',
  'media.close': 'Back to the list',
  'media.previous': 'Previous',
  'media.next': 'Next',
  'media.loaded': '{part} of {size}',
  'media.cantShow': 'This browser can’t show this kind of picture. Download it to look at it with another program.',
  'media.cantPlay': 'This browser can’t play this. Download it to play it with another program.',
  'media.gone': 'This file is not there any more.',
  'media.withdrawn': '{owner} no longer shares this.',
  'media.peerDown': 'It is on {server}, which does not answer.',
  'media.peerDownSince': 'It is on {server}, which has not answered since {since}.',

  'download.title': 'Downloads',
  'download.progress': 'Download of {name}',
  'download.waiting': 'Waits',
  'download.done': 'Saved',
  'download.notAll': '{n} of {all} can’t be downloaded, among them {name}: {why}',

  'error.broken': 'It broke off in the middle. Nothing of it was kept.',
  'error.disk_full': 'There is not enough room on your disk.',
  'error.disk_refused': 'This browser may not write there. Choose another folder.',
} as const;
