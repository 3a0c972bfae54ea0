export const deleted = {
  'deleted.title': 'Recently deleted',
  'deleted.text': 'Kept for a day at most; less when new files need the room.',
  'deleted.back': 'Back to the files',
  'deleted.empty': 'Nothing here',
  'deleted.emptyText': 'What you delete can be brought back from here for a day.',
  'deleted.row': '{size} · deleted {when} · gone {gone}',
  'deleted.restore': 'Bring back',
  'deleted.restoreName': 'Bring back {name}',
  'deleted.restored': '“{name}” is back, shared as before.',
  'deleted.taken': 'There is a new “{name}” now. Rename that one, then bring this one back.',
  'deleted.tooLate': 'It was too late for “{name}”: it is gone.',
} as const;
