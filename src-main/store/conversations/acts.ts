import { randomUUID } from 'node:crypto'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Status } from '../../../src-preload/contract/mail'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { Writer } from '../file/database'
import { seenBit } from '../mail/flags'
import { place, replaceMessage, shownPlaces } from '../mail/places'
import { statusNumber, statusOf } from '../rows'
import { queueAct, takeBack, type Located } from '../mail/server-ops'
import { summarize } from './summary'
import { newestEntity } from '../team/anchors'
import { conflictOf, stateOfConversation } from '../team/state'
import { backTo, type Dot } from '../team/reduce'
import { note, survivorOf, takeBackLine } from '../threads/threads'
import { breathe, type Workspace } from '../workspace'

/** Undo tokens live until the program ends; the oldest go when there are more than this. */
const keptUndos = 200

/** Conversations of one transaction: some milliseconds. */
const chunk = 25

/** Takes back what was done to one conversation; `left`: somebody has changed it since, and that stays. */
export type Undo = (tx: Writer) => 'left' | void
/** `at`: the conversation that it was done to, or that one has become part of since. */
type UndoAt = (tx: Writer, at: number) => 'left' | void
/** A transaction of an undo. @returns how many conversations were left as they are */
type Step = (tx: Writer) => number

/** Acts on conversations that can be taken back. */
export class Acts {
  /** Each token with its inverse acts, one transaction each. */
  private readonly undos = new Map<string, readonly Step[]>()
  /** What is to be taken back of acts that failed midway, and could not be at once. */
  private readonly cutShort: ((tx: Writer) => unknown)[] = []

  constructor(
    private readonly workspace: Workspace,
    private readonly wakeMail: (mailboxIds: ReadonlySet<number>) => void,
  ) {}

  setStatus(ids: readonly number[], status: Status, by: string): Promise<{ undo: string }> {
    return this.act(ids, (tx, id, mailboxes) => {
      const before = tx.get<{ status: number; status_by_person: number }>(
        'SELECT status, status_by_person FROM conversations WHERE id = ?',
        id,
      )
      if (!before) throw new PosternError('not-found', 'no such conversation')
      const same = before.status === statusNumber(status)
      if (same && conflictOf(stateOfConversation(tx, id), 'status').length === 0) return []
      const was = statusOf(before.status)
      const moves = this.moveForStatus(tx, id, was, status, mailboxes)
      putStatus(tx, id, statusNumber(status), 1)
      const line = note(tx, id, status === 'open' ? 'opened' : status, by, Date.now())
      const dot = this.recordStatus(tx, id, status)
      return [
        (undo, at) => {
          const now = undo.get<{ status: number }>('SELECT status FROM conversations WHERE id = ?', at)
          if (now?.status !== statusNumber(status)) return 'left'
          putStatus(undo, at, before.status, before.status_by_person)
          this.recordStatus(undo, at, was, dot)
          takeBackLine(undo, line)
          for (const move of moves.toReversed()) move(undo)
          return undefined
        },
      ]
    })
  }

  private recordStatus(tx: Writer, id: number, status: Status, back: Dot | null = null): Dot | null {
    return this.workspace.team.recordOn(tx, id, 'status', { status, basis: newestEntity(tx, id), ...backTo(back) })
  }

  private moveForStatus(tx: Writer, id: number, was: Status, status: Status, mailboxes: Set<number>): Undo[] {
    if (status === 'spam') return this.moveAll(tx, id, 'junk', 'direction = 0', mailboxes)
    if (was === 'spam') return this.moveAll(tx, id, 'inbox', `direction = 0 AND place = ${place.junk}`, mailboxes)
    return []
  }

  setRead(ids: readonly number[], read: boolean): Promise<{ undo: string }> {
    return this.act(ids, (tx, id, mailboxes) => {
      // "Unread" is said of the newest mail from outside, as mail programs do.
      const messages = tx.all<{ id: number; seen: number }>(
        read
          ? `SELECT id, seen FROM messages WHERE conversation_id = ? AND direction = 0 AND seen = 0 AND place IN ${shownPlaces}`
          : `SELECT id, seen FROM messages WHERE conversation_id = ? AND direction = 0 AND place IN ${shownPlaces} ORDER BY date DESC, id DESC LIMIT 1`,
        id,
      )
      return messages
        .filter(({ seen }) => (seen === 1) !== read)
        .map(({ id: messageId }) => {
          this.setSeen(tx, messageId, read, mailboxes)
          return (undo: Writer) => this.setSeen(undo, messageId, !read, mailboxes)
        })
    })
  }

  private setSeen(tx: Writer, messageId: number, seen: boolean, mailboxes: Set<number>): void {
    tx.run('UPDATE messages SET seen = ? WHERE id = ?', Number(seen), messageId)
    for (const located of locationsOf(tx, messageId)) {
      if (((located.flags & seenBit) !== 0) === seen) continue
      tx.run(
        `UPDATE locations SET flags = ${seen ? 'flags | 1' : 'flags & ~1'} WHERE folder_id = ? AND uid = ?`,
        located.folder_id,
        located.uid,
      )
      queueAct(tx, located, {
        kind: seen ? 'add-flags' : 'remove-flags',
        flag: '\\Seen',
        targetRole: null,
        targetPath: null,
      })
      mailboxes.add(located.mailbox_id)
    }
  }

  trash(ids: readonly number[]): Promise<{ undo: string }> {
    return this.act(ids, (tx, id, mailboxes) => this.moveAll(tx, id, 'trash', `place <> ${place.trash}`, mailboxes))
  }

  /** Moves the places of a conversation's messages; each message counts as moved at once. */
  private moveAll(
    tx: Writer,
    conversationId: number,
    target: FolderRole,
    where: string,
    mailboxes: Set<number>,
  ): Undo[] {
    const messages = tx.all<{ id: number; place: number }>(
      `SELECT id, place FROM messages WHERE conversation_id = ? AND place IN ${shownPlaces} AND ${where}`,
      conversationId,
    )
    return messages.flatMap(({ id: messageId, place: was }) => {
      const all = locationsOf(tx, messageId)
      const located = all.filter(({ role }) => role !== target && role !== 'drafts')
      const stays = all.filter((one) => !located.includes(one))
      for (const one of located) {
        tx.run('UPDATE locations SET moving_to = ? WHERE folder_id = ? AND uid = ?', target, one.folder_id, one.uid)
        queueAct(tx, one, { kind: 'move', flag: null, targetRole: target, targetPath: null })
        mailboxes.add(one.mailbox_id)
      }
      if (located.length > 0) replaceMessage(tx, messageId)
      // One without any place (sent from here, or deleted on the server) has nothing to move there.
      else if (target === 'trash') tx.run('UPDATE messages SET place = ? WHERE id = ?', place.trash, messageId)
      return [(undo: Writer) => this.moveBack(undo, messageId, was, located, stays, mailboxes)]
    })
  }

  /** @param stays where it lay as well, and was not moved from */
  private moveBack(
    tx: Writer,
    messageId: number,
    was: number,
    before: readonly LocatedRow[],
    stays: readonly LocatedRow[],
    mailboxes: Set<number>,
  ): void {
    const known = new Set([...before, ...stays].map(placeOf))
    for (const origin of before) {
      const now = locationsOf(tx, messageId)
      const still = now.find((one) => placeOf(one) === placeOf(origin))
      if (still && takeBack(tx, origin.folder_id, origin.uid, 'move', null)) {
        tx.run('UPDATE locations SET moving_to = NULL WHERE folder_id = ? AND uid = ?', origin.folder_id, origin.uid)
        continue
      }
      // The move has left, or may have: it is answered by a move back from where the message is now, one for each place that it had.
      const moved =
        still ??
        now.find(
          (one) =>
            one.mailbox_id === origin.mailbox_id && one.folder_id !== origin.folder_id && !known.has(placeOf(one)),
        )
      if (!moved) continue
      known.add(placeOf(moved))
      tx.run(
        'UPDATE locations SET moving_to = ? WHERE folder_id = ? AND uid = ?',
        origin.role,
        moved.folder_id,
        moved.uid,
      )
      queueAct(tx, moved, { kind: 'move', flag: null, targetRole: origin.role, targetPath: origin.path })
    }
    for (const { mailbox_id: id } of before) mailboxes.add(id)
    if (locationsOf(tx, messageId).length > 0) replaceMessage(tx, messageId)
    else tx.run('UPDATE messages SET place = ? WHERE id = ?', was, messageId)
  }

  /**
   * @returns how many conversations were left as they are, since somebody changed them in the meantime
   * @throws PosternError `not-found` when the token is of an earlier run or was used
   */
  async undo(token: string): Promise<{ left: number }> {
    let left = 0
    await this.takeBackCutShort()
    const steps = this.undos.get(token)
    if (!steps) throw new PosternError('not-found', 'nothing to undo')
    this.undos.delete(token)
    for (const [at, step] of steps.entries()) {
      try {
        left += this.workspace.db.write(step)
      } catch (fault) {
        // What a full disk or the like kept from being taken back can be taken back later.
        this.undos.set(token, steps.slice(at))
        throw fault
      }
      await breathe()
    }
    return { left }
  }

  /** Keeps the inverse of an act. */
  keep(...undos: readonly Undo[]): { undo: string } {
    return this.keepSteps(undos.map((undo) => (tx) => (undo(tx) === 'left' ? 1 : 0)))
  }

  private keepSteps(steps: readonly Step[]): { undo: string } {
    const token = randomUUID()
    this.undos.set(token, steps)
    const oldest = this.undos.keys().next().value
    if (this.undos.size > keptUndos && oldest !== undefined) this.undos.delete(oldest)
    return { undo: token }
  }

  /**
   * Does the work for each conversation, in transactions of a few, with room for other calls between them. All of it is done or, when
   * it throws, none.
   */
  async act(
    ids: readonly number[],
    work: (tx: Writer, id: number, mailboxes: Set<number>) => UndoAt[],
  ): Promise<{ undo: string }> {
    await this.takeBackCutShort()
    const steps: Step[] = []
    const all = [...new Set(ids)]
    try {
      for (let from = 0; from < all.length; from += chunk) {
        steps.unshift(this.actOn(all.slice(from, from + chunk), work))
        if (from + chunk < all.length) await breathe()
      }
    } catch (fault) {
      await this.takeBackPart(steps)
      throw fault
    }
    return this.keepSteps(steps)
  }

  /** Of an act that failed midway: whoever is told so has no way to take back the part that was done. @param done its inverses, the last first */
  async takeBackPart(done: readonly ((tx: Writer) => unknown)[]): Promise<void> {
    this.cutShort.push(...done)
    await this.takeBackCutShort()
  }

  /** What a full disk or the like keeps from being taken back is tried again before the next act. */
  private async takeBackCutShort(): Promise<void> {
    for (const step of this.cutShort.splice(0)) {
      try {
        this.workspace.db.write(step)
      } catch {
        this.cutShort.push(step)
      }
      await breathe()
    }
  }

  /** One transaction of an act. @returns its inverse */
  private actOn(ids: readonly number[], work: (tx: Writer, id: number, mailboxes: Set<number>) => UndoAt[]): Step {
    const mailboxes = new Set<number>()
    const inverse = this.workspace.db.write((tx) => {
      const current = [...new Set(ids.map((id) => survivorOf(tx, id)))]
      const inverses = current
        .flatMap((id) =>
          work(tx, id, mailboxes).map(
            (inverse): Undo =>
              (undo) =>
                inverse(undo, survivorOf(undo, id)),
          ),
        )
        .toReversed()
      for (const id of current) summarize(tx, id, this.workspace.own)
      return (undo: Writer) => {
        const left = inverses.filter((inverse) => inverse(undo) === 'left').length
        for (const id of current) summarize(undo, survivorOf(undo, id), this.workspace.own)
        this.wakeMail(mailboxes)
        return left
      }
    })
    this.wakeMail(mailboxes)
    return inverse
  }
}

/** Sets a status with its copies for the lists of single mailboxes. */
export function putStatus(tx: Writer, id: number, status: number, byPerson: number): void {
  tx.run(
    'UPDATE conversations SET status = ?, status_by_person = ?, version = version + 1 WHERE id = ?',
    status,
    byPerson,
    id,
  )
  tx.changes.changed('conversations', id)
  tx.changes.touched('counts')
}

/** `path`: where to move it back to; null where labels, not folders, say where it lies. */
interface LocatedRow extends Located {
  readonly role: FolderRole
  readonly path: string | null
  readonly flags: number
}

const placeOf = ({ folder_id: folder, uid }: Located): string => `${folder} ${uid}`

function locationsOf(tx: Writer, messageId: number): LocatedRow[] {
  return tx.all<LocatedRow>(
    'SELECT l.folder_id, l.uid, f.mailbox_id, coalesce(l.shown_as, f.role) AS role, CASE WHEN l.shown_as IS NULL THEN f.path END AS path, l.flags FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = ?',
    messageId,
  )
}
