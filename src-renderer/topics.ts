import type { CallName, PosternEvent } from '../src-preload/contract'

type Topic = PosternEvent['topic']

/** After which events the answer of a call may be another one. None: it is asked once, for what is shown as it was. */
const table = {
  'accessLog.list': ['access'],
  'accessLog.verdict': ['access'],
  'app.connectionTest': ['connection-test'],
  'app.provider': ['settings'],
  'app.former': ['team', 'mailboxes'],
  'app.signIns': ['sign-in', 'mailboxes', 'sync'],
  'app.signInState': ['sign-in'],
  'app.state': ['app-state'],
  'conversations.get': ['conversations'],
  'conversations.list': ['conversations', 'views'],
  'counts.get': ['counts'],
  'customers.get': ['customers', 'conversations'],
  'definitions.conflicts': ['team', 'tags', 'views'],
  'drafts.get': [],
  'drafts.list': ['drafts'],
  'fields.list': ['views'],
  'grants.list': ['access', 'settings'],
  'grants.notices': ['access'],
  'groups.list': ['team', 'settings'],
  'identities.list': ['access', 'settings'],
  'journal.damage': ['settings'],
  'labels.list': ['counts', 'mailboxes', 'sync'],
  'ledger.list': ['ledger', 'mailboxes'],
  'mailboxes.conflicts': ['team', 'mailboxes'],
  'mailboxes.list': ['mailboxes'],
  'mailboxes.sending': ['outbox', 'mailboxes'],
  'mailboxes.usage': [],
  'mailboxes.used': ['sync', 'outbox'],
  'messages.body': ['conversations'],
  'messages.source': [],
  'notes.history': ['conversations'],
  'outbox.list': ['outbox'],
  'people.list': ['team', 'settings'],
  'policy.get': ['settings', 'access'],
  'presence.list': ['presence', 'team'],
  'register.list': ['team', 'settings'],
  'reports.state': ['settings', 'access', 'team'],
  'search.query': [],
  'settings.get': ['settings'],
  'support.diagnostics': [],
  'sync.status': ['sync', 'mailboxes'],
  'tags.list': ['tags', 'counts'],
  'team.lease': ['team'],
  'team.state': ['team', 'settings'],
  'threads.why': ['conversations'],
  'transfers.list': ['transfers'],
  'views.counts': ['counts', 'views'],
  'views.list': ['views', 'team'],
  'views.try': ['counts'],
} as const satisfies { [N in CallName]?: readonly Topic[] }

/** Calls whose answers can be kept fresh on screen. */
export type Asked = keyof typeof table

export const topicsOf = (name: Asked): readonly Topic[] => table[name]
