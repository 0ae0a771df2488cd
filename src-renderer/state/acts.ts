import type { Status, View } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { errorText, t } from '../text'
import { useList } from './list'
import { openConversation, openConversationId } from './places'
import { showToast, tellOnceDone } from './toast'

/** Tells that an act failed, in the words for its error. */
export function tellFailure(thrown: unknown): void {
  showToast({ text: errorText(asCallError(thrown)), kind: 'bad', lastsMs: 10_000 })
}

/** Does something, and tells when it failed. @returns whether it was done */
export async function tried(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (thrown) {
    tellFailure(thrown)
    return false
  }
}

/** Takes an act back and tells so. `text`: what was said when it was done; `after` runs once it is taken back. */
export async function undo(token: string, text: string, after?: () => void): Promise<void> {
  try {
    const { left } = await call('acts.undo', { undo: token })
    after?.()
    if (left === 0) showToast({ text: t('common:undoneWhat', { what: text }), lastsMs: 3_000 })
    else showToast({ text: t('common:undoneBut', { count: left }), kind: 'bad', lastsMs: 10_000 })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Shows what was done once it is, with Undo; by key it can be taken back for a while longer. Rejects as the act does. */
export function tellDone<T extends { undo: string | null }>(
  text: string,
  act: Promise<T>,
  undone?: () => void,
): Promise<T> {
  return tellOnceDone(act, ({ undo: token }) =>
    token === null ? null : { text, undo: () => undo(token, text, undone), keeps: true },
  )
}

/** An act that takes conversations out of the list on screen; the next one takes their place once it is done. */
export async function leavingList<T>(ids: readonly number[], to: Status | null, act: () => Promise<T>): Promise<T> {
  const leaving = useList.getState().leaving(ids, to)
  const done = await act()
  await leaving()
  return done
}

/** Whether conversations of this status, or of this view, are reopened next rather than closed. */
export const isDone = (at: Status | View): boolean => at === 'closed' || at === 'spam'

const said = { open: 'opened', closed: 'closed', pending: 'pending', spam: 'spam' } as const

/**
 * Sets the status of conversations; they leave the list that is shown when it is of another status, and the next takes their
 * place, unless `stay`.
 */
export function setStatus(ids: readonly number[], status: Status, stay = false): Promise<boolean> {
  const act = () => call('conversations.setStatus', { ids: [...ids], status })
  return tried(() =>
    tellDone(t(`common:acts.${said[status]}`, { count: ids.length }), stay ? act() : leavingList(ids, status, act)),
  )
}

/** Marks conversations read or unread, on the server too. Quiet: no toast, for what happens by reading. */
export async function setRead(ids: readonly number[], read: boolean, quiet = false): Promise<boolean> {
  const act = () => call('conversations.setRead', { ids: [...ids], read })
  if (!quiet)
    return await tried(() =>
      tellDone(t(read ? 'common:acts.read' : 'common:acts.unread', { count: ids.length }), act()),
    )
  return await act().then(
    () => true,
    () => false,
  )
}

/** Marks conversations unread; an open one is closed first, since it is read again by being looked at. */
export function markUnread(ids: readonly number[]): Promise<boolean> {
  if (ids.includes(openConversationId() ?? 0)) openConversation(null)
  return setRead(ids, false)
}

/** Moves conversations to another mailbox of the team; the mail itself goes there too. */
export async function moveTo(ids: readonly number[], mailbox: { id: number; name: string }): Promise<boolean> {
  try {
    await tellDone(
      t('conversation:moved', { count: ids.length, name: mailbox.name }),
      call('conversations.move', { ids: [...ids], mailboxId: mailbox.id }),
    )
    return true
  } catch (thrown) {
    if (asCallError(thrown).code === 'conflict')
      showToast({ text: t('conversation:notWhole'), kind: 'bad', lastsMs: 10_000 })
    else tellFailure(thrown)
    return false
  }
}

/** Moves conversations to the Trash of their mailbox. */
export function trash(ids: readonly number[]): Promise<boolean> {
  return tried(() =>
    tellDone(
      t('common:acts.trashed', { count: ids.length }),
      leavingList(ids, null, () => call('conversations.trash', { ids: [...ids] })),
    ),
  )
}
