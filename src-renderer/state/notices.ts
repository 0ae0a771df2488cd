import type { ConversationRow, Settings } from '../../src-preload/contract'
import { ask, call, onEvent } from '../client'
import { t } from '../text'

/** More conversations at once than these are told as one notice. */
const mostSingle = 3

/** Whether a time of day, in minutes after midnight, lies in the quiet hours; they may go over midnight. */
export function isQuiet({ quietFrom, quietTo }: Pick<Settings, 'quietFrom' | 'quietTo'>, minutes: number): boolean {
  if (quietFrom === quietTo) return false
  return quietFrom < quietTo ? minutes >= quietFrom && minutes < quietTo : minutes >= quietFrom || minutes < quietTo
}

type Told = Pick<ConversationRow, 'messageCount' | 'mailboxIds' | 'assignee'> & {
  readonly followers?: readonly { readonly id: string }[]
}

/** Nothing is told by the system now. */
function isSilent(settings: Pick<Settings, 'notify' | 'quietFrom' | 'quietTo'>): boolean {
  const now = new Date()
  return settings.notify === 'nothing' || isQuiet(settings, now.getHours() * 60 + now.getMinutes())
}

/** Whether a person wants to hear of mail in this conversation. `self`: who the person is; `groups`: those they belong to. */
export function isTold(
  row: Told,
  settings: Pick<Settings, 'notify' | 'notifyNotFor' | 'notifyFollowed' | 'notifyGivenGroup'>,
  self: string,
  groups: readonly string[] = [],
): boolean {
  if (settings.notify === 'nothing') return false
  if (row.mailboxIds.length > 0 && row.mailboxIds.every((id) => settings.notifyNotFor.includes(id))) return false
  const mine =
    row.assignee?.id === self ||
    (settings.notifyGivenGroup && row.assignee !== null && groups.includes(row.assignee.id)) ||
    (settings.notifyFollowed && row.followers?.some(({ id }) => id === self) === true)
  if (settings.notify === 'mine') return mine
  return settings.notify === 'all' || mine || row.messageCount <= 1
}

async function tell(ids: readonly number[]): Promise<void> {
  // Who looks at the window sees it come in.
  if (document.hasFocus()) return
  const [settings, { self, ofSelf }] = await Promise.all([ask('settings.get', {}), ask('people.list', {})])
  if (isSilent(settings)) return
  const rows = (await Promise.all(ids.map((id) => ask('conversations.get', { id }).catch(() => null)))).flatMap((one) =>
    one && isTold({ ...one, messageCount: one.messages.length }, settings, self, ofSelf) ? [one] : [],
  )
  if (rows.length > mostSingle || (ids.length === 0 && settings.notify === 'all')) {
    await call('app.notify', { title: t('common:notices.many'), body: '', conversationId: null })
    return
  }
  for (const one of rows) {
    const from = one.messages.findLast((message) => message.direction === 'in')?.from
    const title = settings.notifyContent
      ? from?.name || from?.address || t('common:notices.one')
      : t('common:notices.one')
    await call('app.notify', {
      title: title.slice(0, 200),
      body: settings.notifyContent ? (one.subject || t('common:noSubject')).slice(0, 500) : '',
      conversationId: one.id,
    })
  }
}

const wantedBy = { mentioned: 'notifyMentions', given: 'notifyGiven', 'given-group': 'notifyGivenGroup' } as const

/** Tells that a colleague named this person, or gave them or a group of theirs a conversation. */
async function tellWork(ids: readonly number[], what: keyof typeof wantedBy): Promise<void> {
  if (document.hasFocus()) return
  const settings = await ask('settings.get', {})
  if (!settings[wantedBy[what]] || isSilent(settings)) return
  if (ids.length === 0 || ids.length > mostSingle) {
    await call('app.notify', { title: t(`common:notices.${what}`), body: '', conversationId: null })
    return
  }
  for (const id of ids) {
    const one = await ask('conversations.get', { id }).catch(() => null)
    if (
      !one ||
      (one.mailboxIds.length > 0 && one.mailboxIds.every((mailbox) => settings.notifyNotFor.includes(mailbox)))
    )
      continue
    await call('app.notify', {
      title: t(`common:notices.${what}`),
      body: settings.notifyContent ? (one.subject || t('common:noSubject')).slice(0, 500) : '',
      conversationId: one.id,
    })
  }
}

/** Tells of a message that did not leave, or did not arrive, while nobody looks at the window. `title` says no word of it. */
export async function tellSend(title: string, body: string, conversationId: number): Promise<void> {
  if (document.hasFocus()) return
  const settings = await ask('settings.get', {})
  if (isSilent(settings)) return
  await call('app.notify', { title, body: settings.notifyContent ? body.slice(0, 500) : '', conversationId })
}

/** Tells of support access while nobody looks at the window. */
export async function tellAccess(body: string): Promise<void> {
  if (!isSilent(await ask('settings.get', {})))
    await call('app.notify', { title: t('privacy:foot.label'), body: body.slice(0, 500), conversationId: null })
}

/** Tells of new mail while the window has no focus, and keeps the number on the icon. Answers with what stops it. */
export function startNotices(): () => void {
  const badge = async () => call('app.badge', { count: (await ask('counts.get', {})).unread })
  // A number or notice that could not be shown is not worth a word.
  const quietly = (work: Promise<unknown>) => void work.catch(() => undefined)
  quietly(badge())
  return onEvent((event) => {
    if (event.topic === 'arrived') quietly(tell(event.ids))
    if (event.topic === 'mentioned' || event.topic === 'given' || event.topic === 'given-group')
      quietly(tellWork(event.ids, event.topic))
    if (event.topic === 'counts') quietly(badge())
  })
}
