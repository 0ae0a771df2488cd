/** The page of the list that a window opens with. */
export const firstPage = {
  view: 'inbox',
  mailboxId: null,
  tag: null,
  label: null,
  saved: null,
  order: 'newest',
  unreadOnly: false,
  offset: 0,
  limit: 100,
} as const

/** What a window asks for its first draw, each with its input. What the draw waits for comes last. */
export const askedFirst = [
  ['conversations.list', firstPage],
  ['settings.get', {}],
  ['mailboxes.list', {}],
  ['sync.status', {}],
  ['views.list', {}],
  ['tags.list', {}],
  ['labels.list', {}],
  ['people.list', {}],
  ['counts.get', {}],
] as const
