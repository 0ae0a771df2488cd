import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { copiesIn } from './copies'
import { isPassing } from './imap-client'
import type { Fingerprint } from './imap-rows'
import type { ImapSession } from './imap-session'

const log = logger('acts')

/** As many new messages are looked at in the folder that a move leads to. */
const mostFresh = 2_000

type Session = Pick<
  ImapSession,
  | 'capabilities'
  | 'fetchMarks'
  | 'fetchSizes'
  | 'fingerprints'
  | 'move'
  | 'newestUids'
  | 'removeFlags'
  | 'searchUids'
  | 'select'
  | 'status'
  | 'takeOut'
>

/**
 * Moves messages that may have been moved before, by an act whose end was not heard of. Without MOVE there are two steps, a copy and then
 * its taking out: what was copied is not copied once more.
 * @returns old to new UID, as far as that is certain
 */
export async function moveOnce(
  session: Session,
  uids: readonly number[],
  from: string,
  target: string,
): Promise<ReadonlyMap<number, number>> {
  if (session.capabilities.has('MOVE')) return await moveAndFind(session, uids, from, target)
  const there = await copiesIn(session, uids, from, target)
  if (there.size > 0) await session.takeOut([...there.keys()])
  const rest = uids.filter((uid) => !there.has(uid))
  return rest.length === 0 ? there : new Map([...there, ...(await moveAndFind(session, rest, from, target))])
}

/**
 * Moves messages of the selected folder. A server without UIDPLUS does not say where they lie then, so that is looked up: what was
 * asked for while they were on their way, an undo perhaps, would have no place to be done at.
 * @returns old to new UID, as far as that is certain
 */
export async function moveAndFind(
  session: Session,
  uids: readonly number[],
  from: string,
  target: string,
): Promise<ReadonlyMap<number, number>> {
  const tells = session.capabilities.has('UIDPLUS')
  if (tells && session.capabilities.has('MOVE')) return await session.move(uids, target)
  const before = tells ? [] : await session.fingerprints(uids)
  const next = (await session.status(target).catch(() => null))?.uidNext ?? null
  const told = await session.move(uids, target).catch(async (error: unknown) => {
    const failure = PosternError.from(error)
    if (failure.detail['copied'] === true && failure.code === 'server-refused' && !isPassing(failure) && next !== null)
      await takeBack(session, uids, from, target, next)
    throw failure
  })
  if (told.size > 0 || next === null) return told
  try {
    await session.select(target)
    const fresh = (await session.searchUids({ uid: `${next}:*` })).filter((uid) => uid >= next)
    return fresh.length > mostFresh ? told : pairs(before, await session.fingerprints(fresh))
  } catch {
    // They were moved all the same: the folder is read again soon.
    return told
  }
}

/** They stay where they were, since the server does not let them be taken out: not marked for whoever clears up next, and in no other folder. */
async function takeBack(
  session: Session,
  uids: readonly number[],
  from: string,
  target: string,
  next: number,
): Promise<void> {
  try {
    await session.removeFlags(uids, ['\\Deleted'])
    const copies = [...(await copiesIn(session, uids, from, target)).values()].filter((uid) => uid >= next)
    if (copies.length === 0) return
    await session.select(target)
    await session.takeOut(copies)
  } catch (error) {
    if (PosternError.from(error).code !== 'server-refused') throw error
    log.warn('copies of what the server does not move stay in the other folder')
  }
}

/** Those of the same Message-ID and size; none that could be two. */
function pairs(before: readonly Fingerprint[], after: readonly Fingerprint[]): ReadonlyMap<number, number> {
  const from = byMark(before)
  const to = byMark(after)
  const found = new Map<number, number>()
  for (const [mark, uids] of from) {
    const there = to.get(mark) ?? []
    const [uid, newUid] = [uids[0], there[0]]
    if (uids.length === 1 && there.length === 1 && uid !== undefined && newUid !== undefined) found.set(uid, newUid)
  }
  return found
}

function byMark(all: readonly Fingerprint[]): Map<string, number[]> {
  const marks = new Map<string, number[]>()
  for (const { uid, messageId, size } of all)
    if (messageId !== null) marks.set(`${size} ${messageId}`, [...(marks.get(`${size} ${messageId}`) ?? []), uid])
  return marks
}
