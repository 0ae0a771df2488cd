import type * as z from 'zod'
import { accessCalls, supportCalls } from './access'
import { appCalls } from './app'
import { appAccountCalls } from './app-accounts'
import { appPrivacyCalls } from './app-privacy'
import { conversationCalls } from './conversations'
import { customerCalls } from './customers'
import type { CallDef } from './define'
import { journalCalls } from './journal'
import { labelCalls } from './labels'
import { ledgerCalls } from './ledger'
import { mailboxCalls } from './mailboxes'
import { messageCalls } from './messages'
import { noteCalls } from './notes'
import { presenceCalls } from './presence'
import { registerCalls } from './register'
import { replyCalls } from './replies'
import { reportAppCalls, reportCalls } from './reports'
import { searchCalls } from './search'
import { settingsCalls } from './settings'
import { teamCalls } from './team'
import { threadCalls } from './threads'
import { viewCalls } from './views'
import { workCalls } from './work'
import { transferAppCalls, transferCalls } from './transfers'

export { TestStep } from './app'
export { FoundSettings, SignInFacts } from './app-accounts'
export { MailboxUse } from './mailboxes'
export type { CallDef } from './define'

/** Every call of the window, by name. One file a thing; an app call's name begins with `app.`, every other call goes to the store. */
export const calls = {
  ...conversationCalls,
  ...threadCalls,
  ...workCalls,
  ...labelCalls,
  ...viewCalls,
  ...transferCalls,
  ...messageCalls,
  ...customerCalls,
  ...noteCalls,
  ...replyCalls,
  ...presenceCalls,
  ...searchCalls,
  ...mailboxCalls,
  ...settingsCalls,
  ...journalCalls,
  ...teamCalls,
  ...ledgerCalls,
  ...registerCalls,
  ...accessCalls,
  ...supportCalls,
  ...reportCalls,
  ...appCalls,
  ...appAccountCalls,
  ...transferAppCalls,
  ...appPrivacyCalls,
  ...reportAppCalls,
} as const satisfies Record<string, CallDef>

/** All that a support session can reach; what its grant allows of it is decided at each call. */
export const supportTable = {
  ...supportCalls,
  'mailboxes.list': calls['mailboxes.list'],
  'counts.get': calls['counts.get'],
  'conversations.list': calls['conversations.list'],
  'conversations.position': calls['conversations.position'],
  'conversations.get': calls['conversations.get'],
  'messages.body': calls['messages.body'],
  'customers.get': calls['customers.get'],
  'search.query': calls['search.query'],
  /** For the manager of a customer-success grant only. */
  'notes.add': calls['notes.add'],
  'conversations.assign': calls['conversations.assign'],
  'conversations.tag': calls['conversations.tag'],
  'people.list': calls['people.list'],
  'tags.list': calls['tags.list'],
} as const satisfies Record<string, CallDef>
export type SupportTable = typeof supportTable

export type Calls = typeof calls
export type CallName = keyof Calls
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>
