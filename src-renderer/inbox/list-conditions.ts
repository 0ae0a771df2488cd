import type { Condition, View } from '../../src-preload/contract'

/** The list on screen as conditions, for a view that begins with it. */
export function conditionsOf(
  view: View,
  mailboxAddress: string | undefined,
  tag: string | null,
  unreadOnly: boolean,
): Condition[] {
  const conditions: Condition[] = []
  if (view === 'snoozed' || view === 'followed') conditions.push({ on: view })
  else
    conditions.push({ on: 'status', any: [view === 'pending' || view === 'closed' || view === 'spam' ? view : 'open'] })
  if (view === 'mine') conditions.push({ on: 'assignee', any: ['me'] })
  if (view === 'groups') conditions.push({ on: 'assignee', any: ['my-groups'] })
  if (view === 'unassigned') conditions.push({ on: 'assignee', any: ['nobody'] })
  if (mailboxAddress !== undefined) conditions.push({ on: 'mailbox', any: [mailboxAddress] })
  if (tag !== null) conditions.push({ on: 'tag', any: [tag], not: false })
  if (unreadOnly) conditions.push({ on: 'unread' })
  return conditions
}
