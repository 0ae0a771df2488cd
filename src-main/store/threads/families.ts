import { isBroadcast, outsiders, threadIds, normalId, type Addressed, type Threadable } from '../../shared/threading'
import type { Reader, Writer } from '../file/database'
import { autoKindOf, parsePeople, parseTexts } from '../rows'
import { addToMailbox, mailboxIdsOf, markWork } from '../conversations/summary'
import { arrange, type Letter } from './arrange'
import { decisionsOn } from './decisions'
import type { Placed } from './thread-join'
import { familyOf, findSurvivor, mergeInto, survivorOf } from './threads'
import type { Workspace } from '../workspace'

/**
 * Families: conversations that persons have sorted, and what headers tie to them. Which of their messages lie together is decided
 * by `arrange`; which row a conversation has, by where persons put its messages here (`thread_pins`) and where they lay before.
 */

/** Where a person put the message with this key; null: nobody did, or that conversation is gone. */
export function pinOf(read: Reader, keyHash: bigint): number | null {
  const pin = read.get<{ conversation_id: number }>(
    'SELECT conversation_id FROM thread_pins WHERE key_hash = ?',
    keyHash,
  )
  return pin ? findSurvivor(read, pin.conversation_id) : null
}

/**
 * Places a message that meets a family, and with it all others of the family: what came before may answer it.
 * @param into the conversation that a person wrote it in
 */
export function joinFamily(
  tx: Writer,
  workspace: Workspace,
  message: Threadable & Addressed,
  keyHash: bigint,
  found: readonly number[],
  put: number | null,
  into: number | null,
): Placed {
  const root = unite(tx, [...new Set([...found, ...(put === null ? [] : [put])])])
  const key = String(keyHash)
  const arriving = { key, plain: !isBroadcast(message, workspace.own) }
  const letter: Letter = {
    key,
    ...tiesOf(tx, workspace, message, arriving, null),
    date: Number.MAX_SAFE_INTEGER,
  }
  const { placed, moved, merged } = sort(tx, workspace, root, { letter, put: put ?? into, ...arriving })
  return { conversationId: placed.get(key) ?? root, created: false, merged, moved }
}

/** Puts everything of a family where it belongs now. @returns conversations that changed */
export function sortFamily(tx: Writer, workspace: Workspace, root: number): number[] {
  return sort(tx, workspace, root, null).moved
}

/** Makes one family of all that the conversations belong to. @returns its name */
export function unite(tx: Writer, ids: readonly number[]): number {
  const families = [...new Set(ids.map((id) => familyOf(tx, id) ?? id))].toSorted((a, b) => a - b)
  const [root] = families
  if (root === undefined) throw new Error('no conversation to unite')
  for (const family of families) tx.run('UPDATE conversations SET family = ? WHERE family = ?', root, family)
  for (const id of [...families, ...ids]) tx.run('UPDATE conversations SET family = ? WHERE id = ?', root, id)
  return root
}

interface Member {
  id: number
  key: string
  refs: string
  in_reply_to: string | null
  message_id: string | null
  from_name: string
  from_address: string
  people: string
  auto_kind: string
  date: number
  conversation_id: number
  pin: number | null
  thread: string | null
  written: number
}

/** Messages of a family, as `arrange` reads them. */
export function lettersOf(
  read: Reader,
  workspace: Workspace,
  root: number,
  arriving: Named | null = null,
): (Letter & Pick<Member, 'id' | 'conversation_id' | 'pin'>)[] {
  return read
    .all<Member>(
      `SELECT m.id, CAST(m.key_hash AS TEXT) AS key, m.refs, m.in_reply_to, m.message_id, m.from_name, m.from_address, m.people, m.auto_kind, m.date, m.conversation_id, p.conversation_id AS pin,
         (SELECT f.mailbox_id || ' ' || l.thread FROM locations l JOIN folders f ON f.id = l.folder_id WHERE l.message_id = m.id AND l.thread IS NOT NULL LIMIT 1) AS thread,
         EXISTS(SELECT 1 FROM outbox o WHERE o.sent_message = m.id) AS written
       FROM conversations c JOIN messages m ON m.conversation_id = c.id LEFT JOIN thread_pins p ON p.key_hash = m.key_hash WHERE c.family = ?`,
      root,
    )
    .map((member) => {
      const { replyTo, to, cc, bcc } = parsePeople(member.people)
      const message = {
        messageId: member.message_id,
        references: parseTexts(member.refs),
        inReplyTo: member.in_reply_to === null ? [] : [member.in_reply_to],
        from: { name: member.from_name, address: member.from_address },
        replyTo,
        to,
        cc,
        bcc,
        autoKind: autoKindOf(member.auto_kind),
      }
      const named = { key: member.key, plain: !isBroadcast(message, workspace.own) }
      const { ties, ancestors } = tiesOf(read, workspace, message, named, arriving)
      const people = member.thread === null ? [] : outsiders(message, workspace.own)
      // What a person wrote in a conversation without any header that leads there stays in it.
      const alone = member.written === 1 && ancestors.length === 0
      return {
        id: member.id,
        key: member.key,
        conversation_id: member.conversation_id,
        pin: member.pin,
        date: member.date,
        ancestors,
        ties: [
          ...ties,
          ...people.map((person) => `thread ${member.thread} ${person}`),
          ...(alone ? [`wrote ${member.conversation_id}`] : []),
        ],
      }
    })
}

/** `plain`: its id alone ties, as that of a broadcast does not. */
interface Named {
  readonly key: string
  readonly plain: boolean
}

interface Arriving extends Named {
  readonly letter: Letter
  readonly put: number | null
}

/** As `joinThread` ties messages, by their ids and, for those that are not here or went to many, by persons besides. */
function tiesOf(
  read: Reader,
  workspace: Workspace,
  message: Threadable & Addressed,
  { key, plain }: Named,
  arriving: Named | null,
): Pick<Letter, 'ties' | 'ancestors'> {
  const people = outsiders(message, workspace.own)
  const ties = [plain ? key : `${key} ${people[0] ?? ''}`]
  const own = message.messageId === null ? null : normalId(message.messageId)
  for (const id of threadIds(message)) {
    if (id === own) continue
    const hash = workspace.hashes.hash('id', id)
    const known =
      arriving?.key === String(hash)
        ? arriving.plain
        : read.get('SELECT 1 FROM thread_ids WHERE hash = ? AND broadcast = 0', hash) !== undefined
    if (known) ties.push(String(hash))
    else ties.push(...people.map((person) => `${hash} ${person}`))
  }
  const names = message.references.length > 0 ? message.references : message.inReplyTo
  return { ties, ancestors: names.map((id) => String(workspace.hashes.hash('id', id))) }
}

interface Sorted {
  readonly placed: ReadonlyMap<string, number>
  /** Conversations whose messages changed. */
  readonly moved: number[]
  /** Conversations of which no message is left; they are gone into others. */
  readonly merged: number[]
}

function sort(tx: Writer, workspace: Workspace, root: number, arriving: Arriving | null): Sorted {
  const members = lettersOf(tx, workspace, root, arriving)
  const letters =
    arriving && !members.some(({ key }) => key === arriving.letter.key) ? [...members, arriving.letter] : members
  const groups = arrange(letters, decisionsOn(tx, workspace, root))
  const rows = rowsFor(tx, root, members, arriving, groups)
  const placed = new Map(letters.map(({ key }) => [key, rows.get(groups.get(key) ?? -1) ?? root]))
  const moved = new Set<number>()
  const went = new Map<number, number>()
  for (const member of members) {
    const target = placed.get(member.key) ?? root
    if (target === member.conversation_id) continue
    moveMessage(tx, member.id, target)
    moved.add(member.conversation_id).add(target)
    went.set(member.conversation_id, target)
  }
  const merged: number[] = []
  for (const [id, to] of went) {
    if (tx.get('SELECT 1 FROM messages WHERE conversation_id = ?', id) || [...placed.values()].includes(id)) continue
    mergeInto(tx, to, id)
    merged.push(id)
    moved.delete(id)
  }
  anchorsFollow(tx, workspace, members, placed)
  for (const id of moved) {
    fitMailboxes(tx, id)
    markWork(tx, id)
  }
  return { placed, moved: [...moved], merged }
}

/** Names of the team's events go with the message that they name, and what was said under them goes along. */
function anchorsFollow(
  tx: Writer,
  workspace: Workspace,
  members: readonly { key: string }[],
  placed: ReadonlyMap<string, number>,
): void {
  const changed = new Set<number>()
  for (const { key } of members) {
    const to = placed.get(key)
    const anchor = tx.get<{ conversation_id: number | null }>(
      'SELECT conversation_id FROM team_anchors WHERE key_hash = CAST(? AS INTEGER)',
      key,
    )
    if (!anchor || to === undefined || anchor.conversation_id === to) continue
    tx.run('UPDATE team_anchors SET conversation_id = ? WHERE key_hash = CAST(? AS INTEGER)', to, key)
    changed.add(to)
    if (anchor.conversation_id !== null) changed.add(anchor.conversation_id)
  }
  for (const id of changed) if (findSurvivor(tx, id) === id) workspace.team.conversationShrank(tx, id)
}

/** A row for each group: the one that most of its messages were put into or lie in; a new one where none is left. */
function rowsFor(
  tx: Writer,
  root: number,
  members: readonly { key: string; conversation_id: number; pin: number | null }[],
  arriving: Arriving | null,
  groups: ReadonlyMap<string, number>,
): Map<number, number> {
  const votes = new Map<string, { group: number; row: number; count: number }>()
  const vote = (key: string, row: number, weight: number): void => {
    const group = groups.get(key) ?? -1
    const name = `${group} ${row}`
    const one = votes.get(name) ?? { group, row, count: 0 }
    votes.set(name, { ...one, count: one.count + weight })
  }
  for (const { key, conversation_id: here, pin } of members) {
    const put = pin === null ? null : findSurvivor(tx, pin)
    vote(key, put ?? here, 2)
    if (put !== null && put !== here) vote(key, here, 1)
  }
  if (arriving?.put != null) vote(arriving.letter.key, survivorOf(tx, arriving.put), 1)
  const rows = new Map<number, number>()
  const used = new Set<number>()
  for (const { group, row } of [...votes.values()].toSorted(
    (a, b) => b.count - a.count || a.row - b.row || a.group - b.group,
  )) {
    if (rows.has(group) || used.has(row) || familyOf(tx, row) !== root) continue
    rows.set(group, row)
    used.add(row)
  }
  for (const group of new Set(groups.values())) {
    if (rows.has(group)) continue
    const from = members.find(({ key }) => groups.get(key) === group)?.conversation_id ?? root
    const { lastInsertRowid } = tx.run(
      'INSERT INTO conversations(status, status_by_person, family) SELECT status, status_by_person, ? FROM conversations WHERE id = ?',
      root,
      from,
    )
    rows.set(group, Number(lastInsertRowid))
  }
  return rows
}

/** A message with its id, its answer that is being written and its trace in the outbox. */
function moveMessage(tx: Writer, messageId: number, conversationId: number): void {
  tx.run('UPDATE messages SET conversation_id = ? WHERE id = ?', conversationId, messageId)
  tx.run(
    'UPDATE thread_ids SET conversation_id = ? WHERE hash = (SELECT key_hash FROM messages WHERE id = ?)',
    conversationId,
    messageId,
  )
  tx.run('UPDATE outbox SET conversation_id = ? WHERE sent_message = ?', conversationId, messageId)
  // One draft a conversation: where another is being written, this one stays behind.
  tx.run(
    `UPDATE drafts SET conversation_id = ?1 WHERE message_id = ?2 AND state = 'open'
    AND NOT EXISTS(SELECT 1 FROM drafts WHERE conversation_id = ?1 AND state = 'open')`,
    conversationId,
    messageId,
  )
}

/** Makes the mailboxes of a conversation those that its messages lie in; with none of them anywhere they stay. */
export function fitMailboxes(tx: Writer, id: number): void {
  const wanted = new Set(
    tx
      .all<{ mailbox_id: number }>(
        `SELECT DISTINCT f.mailbox_id FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id WHERE m.conversation_id = ?1
     UNION SELECT mailbox_id FROM outbox WHERE conversation_id = ?1 UNION SELECT mailbox_id FROM drafts WHERE conversation_id = ?1 AND state = 'open'`,
        id,
      )
      .map((row) => row.mailbox_id),
  )
  const movedTo =
    tx.get<{ moved_to: number | null }>('SELECT moved_to FROM conversations WHERE id = ?', id)?.moved_to ?? null
  if (wanted.size === 0 || movedTo !== null) return
  const now = mailboxIdsOf(tx, id)
  for (const mailboxId of now)
    if (!wanted.has(mailboxId))
      tx.run('DELETE FROM conversation_mailboxes WHERE conversation_id = ? AND mailbox_id = ?', id, mailboxId)
  tx.run(
    'UPDATE conversations SET mailbox_ids = ? WHERE id = ?',
    JSON.stringify(now.filter((mailboxId) => wanted.has(mailboxId))),
    id,
  )
  for (const mailboxId of wanted) addToMailbox(tx, id, mailboxId)
}
