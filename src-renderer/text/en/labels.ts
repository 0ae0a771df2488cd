/** Labels that the mail server keeps (Gmail). The team's own are tags. */
export const labels = {
  labels: 'Labels in the mailbox',
  menu: 'Label…',
  add: 'Add a label in the mailbox',
  remove: 'Remove the label {{label}}',
  find: 'Find or make a label',
  none: 'No label has this name.',
  first: 'No labels yet. Type a name to make the first.',
  make: 'Make the label “{{label}}” in the mailbox',
  did: {
    given_one: 'Labelled {{label}}',
    given_other: '{{count, number}} labelled {{label}}',
    taken_one: 'Label {{label}} removed',
    taken_other: 'Label {{label}} removed from {{count, number}}',
  },
  keys: { label: 'Label in the mailbox' },
} as const
