import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { ServerOp, StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Rpc } from '../../shared/port-rpc'
import { logger } from '../../shared/log'
import { isPassing } from './imap-client'
import type { ImapSession } from './imap-session'
import { moveAndFind, moveOnce } from './moved-uids'
import { Rests } from './rests'

const log = logger('acts')
const batch = 50

/** Moves within Gmail's All Mail are changes of labels; into Spam and Trash a message really moves. */
const labelsFor: Readonly<Record<string, { add: string[]; remove: string[] }>> = {
  inbox: { add: ['\\Inbox'], remove: [] },
  archive: { add: [], remove: ['\\Inbox'] },
  all: { add: [], remove: ['\\Inbox'] },
}

export interface FolderFinder {
  has(path: string): boolean
  /** Path of the folder with this role, made when there is none; null when it cannot be had. */
  pathOf(session: ImapSession, role: FolderRole): Promise<string | null>
  /** true: Gmail's All Mail, where labels say where a message lies. */
  isAll(path: string): boolean
  /** false: the folder began anew since it had this id, or must: other messages lie under its UIDs, though UIDVALIDITY is the same. It is selected. */
  isStill(session: ImapSession, path: string, folderId: number): Promise<boolean>
  /** Gmail: there is a label of this name. */
  hasLabel(name: string): boolean
  /** The list of folders and labels changed, by our own act or another's: it is read again now. */
  relist(): void
  /** The folder changed by our own act: look at it soon. */
  touched(path: string): void
}

/**
 * Carries the queued flags and moves of a mailbox to the server, oldest first, until none is left. A failure of the
 * connection leaves the rest queued and is thrown; a refusal settles the one act. What the server cannot do just now rests.
 */
export async function performActs(
  mailboxId: number,
  session: ImapSession,
  store: Pick<Rpc<StoreForMail>, 'call'>,
  folders: FolderFinder,
  rests = new Rests(),
): Promise<void> {
  // Acts on one message keep their order: those behind one that waits wait with it.
  const held = new Set<string>()
  // Each is tried once: what must wait (for a folder to be read again) would be asked for without end, and hold up all others.
  for (let after = 0; ;) {
    const { ops } = await store.call('ops.next', { mailboxId, limit: batch, after })
    for (const op of ops) {
      const places = op.uids.map((uid) => `${uid} ${op.folderPath}`)
      let waits = rests.isResting(op.id) || places.some((one) => held.has(one))
      if (!waits) {
        const settled = await perform(op, session, folders)
        waits = settled.result === 'retry'
        if (waits) rests.putOff(op.id)
        else rests.over(op.id)
        await store.call('ops.settle', { id: op.id, ...settled })
      }
      if (waits) for (const one of places) held.add(one)
    }
    const last = ops.at(-1)
    if (!last || ops.length < batch) return
    after = last.id
  }
}

interface Settled {
  result: 'done' | 'gone' | 'retry' | 'refused'
  newUids: { uid: number; newUid: number }[]
  newPath: string | null
}

async function perform(op: ServerOp, session: ImapSession, folders: FolderFinder): Promise<Settled> {
  const plain = (result: Settled['result']): Settled => ({ result, newUids: [], newPath: null })
  try {
    const state = await session.select(op.folderPath)
    // These UIDs mean other messages now, or none (R35).
    // The next look at the folder begins it anew, and the act waits for its messages to be found again.
    if (state.uidValidity !== op.uidValidity || !(await isStill(session, op, folders))) {
      // The list first: another folder may have the name now, and this one another.
      folders.relist()
      folders.touched(op.folderPath)
      return plain('retry')
    }
    if (op.uids.length === 0) return plain('done')
    if (op.kind === 'add-flags') await session.addFlags(op.uids, op.flags)
    else if (op.kind === 'remove-flags') await session.removeFlags(op.uids, op.flags)
    else if (op.kind === 'move') return await move(op, session, folders)
    else await changeLabel(op, session, folders)
    return plain('done')
  } catch (error) {
    const failure = PosternError.from(error)
    if (failure.code === 'not-found') return plain((await isListed(session, op.folderPath, folders)) ? 'gone' : 'retry')
    if (isPassing(failure)) {
      log.info('the server cannot do an act just now', { kind: op.kind })
      return plain('retry')
    }
    if (failure.code === 'server-refused') {
      log.warn('the server refused an act', { kind: op.kind })
      return plain('refused')
    }
    throw failure
  }
}

/** A server that does not show what lies there is believed: its UIDVALIDITY is the same. */
async function isStill(session: ImapSession, op: ServerOp, folders: FolderFinder): Promise<boolean> {
  try {
    return await folders.isStill(session, op.folderPath, op.folderId)
  } catch (error) {
    if (PosternError.from(error).code === 'server-refused') return true
    throw error
  }
}

/** false: renamed or deleted since the list was read. It is read again, and then an act finds the folder under its new name, or another. */
async function isListed(session: ImapSession, path: string, folders: FolderFinder): Promise<boolean> {
  const listed = (await session.listFolders()).some((folder) => folder.path === path)
  if (!listed) folders.relist()
  return listed
}

async function changeLabel(op: ServerOp, session: ImapSession, folders: FolderFinder): Promise<void> {
  const add = op.kind === 'add-label'
  for (const label of add ? op.flags.filter((name) => !folders.hasLabel(name)) : []) {
    await session.createFolder(label)
    folders.relist()
  }
  await session.changeLabels(op.uids, add ? { add: op.flags, remove: [] } : { add: [], remove: op.flags })
}

async function move(op: ServerOp, session: ImapSession, folders: FolderFinder): Promise<Settled> {
  const labels = session.gmail && folders.isAll(op.folderPath) ? labelsFor[op.targetRole ?? ''] : undefined
  if (labels) {
    await session.changeLabels(op.uids, labels)
    return { result: 'done', newUids: op.uids.map((uid) => ({ uid, newUid: uid })), newPath: op.folderPath }
  }
  const target =
    op.targetPath !== null && folders.has(op.targetPath)
      ? op.targetPath
      : op.targetRole === null
        ? null
        : await folders.pathOf(session, op.targetRole)
  if (target === null) return { result: 'refused', newUids: [], newPath: null }
  if (target === op.folderPath) return { result: 'done', newUids: [], newPath: target }
  await session.select(op.folderPath)
  let uidMap: ReadonlyMap<number, number>
  try {
    uidMap = op.again
      ? await moveOnce(session, op.uids, op.folderPath, target)
      : await moveAndFind(session, op.uids, op.folderPath, target)
  } catch (error) {
    if (PosternError.from(error).code !== 'server-refused' || (await isListed(session, target, folders))) throw error
    return { result: 'retry', newUids: [], newPath: null }
  }
  folders.touched(op.folderPath)
  folders.touched(target)
  return { result: 'done', newUids: [...uidMap].map(([uid, newUid]) => ({ uid, newUid })), newPath: target }
}
