import type { Status } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { errorText, t } from '../text'
import { useList } from './list'
import { showToast } from './toast'

/** Tells that an act failed, in the words for its error. */
export function tellFailure(thrown: unknown): void {
  showToast({ text: errorText(asCallError(thrown)), kind: 'bad', lastsMs: 10_000 })
}

async function undo(token: string): Promise<void> {
  try {
    await call('acts.undo', { undo: token })
    showToast({ text: t('common:undone'), lastsMs: 3_000 })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Shows what was done, with Undo for as long as the toast stays. */
export function tellDone(text: string, token: string): void {
  showToast({ text, undo: () => undo(token) })
}

const said = { open: 'opened', closed: 'closed', pending: 'pending', spam: 'spam' } as const

/** Sets the status of conversations; they leave the list that is shown when it is of another status, and the next takes their place. */
export async function setStatus(ids: readonly number[], status: Status): Promise<void> {
  try {
    const leaving = useList.getState().leaving(ids, status)
    const done = await call('conversations.setStatus', { ids: [...ids], status })
    leaving()
    tellDone(t(`common:acts.${said[status]}`, { count: ids.length }), done.undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Marks conversations read or unread, on the server too. Quiet: no toast, for what happens by reading. */
export async function setRead(ids: readonly number[], read: boolean, quiet = false): Promise<void> {
  try {
    const done = await call('conversations.setRead', { ids: [...ids], read })
    if (!quiet) tellDone(t(read ? 'common:acts.read' : 'common:acts.unread', { count: ids.length }), done.undo)
  } catch (thrown) {
    if (!quiet) tellFailure(thrown)
  }
}

/** Moves conversations to another mailbox of the team; the mail itself goes there too. */
export async function moveTo(ids: readonly number[], mailbox: { id: number; name: string }): Promise<void> {
  try {
    const done = await call('conversations.move', { ids: [...ids], mailboxId: mailbox.id })
    tellDone(t('conversation:moved', { count: ids.length, name: mailbox.name }), done.undo)
  } catch (thrown) {
    if (asCallError(thrown).code === 'conflict')
      showToast({ text: t('conversation:notWhole'), kind: 'bad', lastsMs: 10_000 })
    else tellFailure(thrown)
  }
}

/** Moves conversations to the Trash of their mailbox. */
export async function trash(ids: readonly number[]): Promise<void> {
  try {
    const leaving = useList.getState().leaving(ids, null)
    const done = await call('conversations.trash', { ids: [...ids] })
    leaving()
    tellDone(t('common:acts.trashed', { count: ids.length }), done.undo)
  } catch (thrown) {
    tellFailure(thrown)
  }
}
