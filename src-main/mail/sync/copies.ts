import { createHash } from 'node:crypto'
import type { Fingerprint } from './imap-rows'
import type { ImapSession } from './imap-session'

/** As many of the newest messages of a folder are looked at: a copy comes last. */
const mostLookedAt = 2_000

type Session = Pick<ImapSession, 'fetchMarks' | 'fetchSizes' | 'fingerprints' | 'newestUids' | 'select'>

/**
 * Which of these messages of the folder `from` have a copy in `target` already: a COPY that broke off before its answer leaves them there.
 * @returns the UID there by the one here; `from` is selected then
 */
export async function copiesIn(
  session: Session,
  uids: readonly number[],
  from: string,
  target: string,
): Promise<Map<number, number>> {
  await session.select(from)
  const ours = await session.fingerprints(uids)
  const ourMarks = await byContent(session, ours)
  await session.select(target)
  const sizes = new Set(ours.map(({ size }) => size))
  const theirs = (await session.fingerprints(await session.newestUids(mostLookedAt))).filter(({ size }) =>
    sizes.has(size),
  )
  const theirMarks = await byContent(session, theirs)
  await session.select(from)
  const found = new Map<number, number>()
  for (const [mark, here] of ourMarks) {
    const there = (theirMarks.get(mark) ?? []).toReversed()
    for (const [at, uid] of here.toReversed().entries()) {
      const copy = there[at]
      if (copy !== undefined) found.set(uid, copy)
    }
  }
  return found
}

/** Whether a message without Message-ID lies among the newest of the selected folder: the same size, and the very same header. */
export async function liesHere(session: Session, raw: Uint8Array): Promise<boolean> {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const end = bytes.indexOf('\r\n\r\n')
  const header = end === -1 ? bytes : bytes.subarray(0, end + 4)
  const sizes = await session.fetchSizes(await session.newestUids(mostLookedAt))
  const alike = [...sizes].flatMap(([uid, size]) => (size === bytes.byteLength ? uid : []))
  for await (const { source } of session.fetchMarks(alike)) if (source.equals(header)) return true
  return false
}

/** Messages by what tells them apart: size and Message-ID, or the bytes of the header where there is none. */
async function byContent(session: Session, all: readonly Fingerprint[]): Promise<Map<string, number[]>> {
  const marks = new Map<string, number[]>()
  const add = (mark: string, uid: number): void => void marks.set(mark, [...(marks.get(mark) ?? []), uid])
  for (const { uid, size, messageId } of all) if (messageId !== null) add(`${size} ${messageId}`, uid)
  const nameless = all.filter(({ messageId }) => messageId === null).map(({ uid }) => uid)
  for await (const { uid, size, source } of session.fetchMarks(nameless))
    add(`${size} ${createHash('sha256').update(source).digest('hex')}`, uid)
  return marks
}
