import {
  isBroadcast,
  joinConversations,
  normalId,
  outsiders,
  threadIds,
  type Addressed,
  type Threadable,
} from '../../shared/threading'
import type { Writer } from '../file/database'
import { joinFamily, pinOf } from './families'
import { addressKey } from '../../../src-preload/contract/address'
import { statusNumber } from '../rows'
import { familyOf, findSurvivor, mergeInto } from './threads'
import type { Workspace } from '../workspace'

export interface Joined {
  readonly conversationId: number
  readonly created: boolean
  /** Conversations that the message tied together; they are gone into `conversationId`. */
  readonly merged: readonly number[]
  /** Conversations whose messages changed places because of what persons had decided. */
  readonly moved: readonly number[]
  /** Colleagues had decided something about it before its mail was here. */
  readonly decided: boolean
}
/** Where a message was put. */
export type Placed = Omit<Joined, 'decided'>

/** What the caller does meanwhile. */
interface Making {
  /** Makes the message's conversation when it gets one of its own. */
  begin(): number
  /** Writes what it still has in hand of other messages: what persons decided looks at where everything lies. */
  write(): void
}

/**
 * Finds or makes the conversation of a message by its ids and remembers the ids, also those only referred to.
 * @param hint the thread that the server keeps it in, hashed: like a message that is not here, it ties only mail that has a
 * person in common
 */
export function joinThread(
  tx: Writer,
  workspace: Workspace,
  message: Threadable & Addressed,
  keyHash: bigint,
  into: number | null = null,
  hint: bigint | null = null,
  making: Making = { begin: () => emptyConversation(tx), write: () => undefined },
): Joined {
  const broadcast = isBroadcast(message, workspace.own)
  const ties = new Ties(tx, workspace, outsiders(message, workspace.own))
  if (into !== null) ties.found.push(into)
  ties.own(keyHash, broadcast)
  // A newsletter from outside and what its sender writes about it are of one conversation.
  if (broadcast && !workspace.own.has(addressKey(message.from.address))) ties.sender(keyHash)
  const own = message.messageId === null ? null : normalId(message.messageId)
  for (const id of threadIds(message)) if (id !== own) ties.reference(workspace.hashes.hash('id', id))

  if (hint !== null && !broadcast) ties.hint(hint)

  const put = pinOf(tx, keyHash)
  const sorted = put !== null || ties.found.some((id) => familyOf(tx, id) !== null)
  if (sorted) making.write()
  const joined = sorted
    ? joinFamily(tx, workspace, message, keyHash, ties.found, put, into)
    : joinByIds(tx, ties.found, () => making.begin())
  const fresh = ties.remember(keyHash, broadcast, joined.conversationId)
  const decided =
    (fresh || joined.merged.length > 0) &&
    workspace.team.conversationGrew(tx, joined.conversationId, fresh ? [keyHash] : [], joined.merged, () =>
      making.write(),
    )
  return { ...joined, decided }
}

function joinByIds(tx: Writer, found: readonly number[], begin: () => number): Placed {
  const { survivor, merged } = joinConversations(found)
  const conversationId = survivor ?? begin()
  for (const loser of merged) mergeInto(tx, conversationId, loser)
  return { conversationId, created: survivor === null, merged, moved: [] }
}

const emptyConversation = (tx: Writer): number =>
  Number(tx.run('INSERT INTO conversations(status) VALUES(?)', statusNumber('closed')).lastInsertRowid)

interface Known {
  conversation_id: number
  broadcast: number
}

/** The ids of one message: the conversations in which they are known, and those that are to be remembered. */
class Ties {
  readonly found: number[] = []
  private readonly people: readonly bigint[]
  private readonly fresh: [hash: bigint, person: bigint][] = []
  private named = false
  private known: Known | undefined

  constructor(
    private readonly tx: Writer,
    workspace: Workspace,
    people: readonly string[],
  ) {
    this.people = people.map((key) => workspace.hashes.hash('person', key))
  }

  /** The message's own id, and the messages that named it before it was here. */
  own(hash: bigint, broadcast: boolean): void {
    this.known = this.get(hash)
    this.add(this.known?.conversation_id)
    if (broadcast) return
    for (const row of this.tx.all<{ conversation_id: number }>(
      'SELECT conversation_id FROM thread_people WHERE hash = ?',
      hash,
    )) {
      this.named = true
      this.add(row.conversation_id)
    }
  }

  sender(hash: bigint): void {
    this.withPeople(hash, this.people.slice(0, 1))
  }

  hint(hash: bigint): void {
    this.withPeople(hash, this.people)
  }

  reference(hash: bigint): void {
    const known = this.get(hash)
    if (known?.broadcast === 0 && this.add(known.conversation_id)) return
    this.withPeople(hash, this.people)
  }

  /** @returns whether the message's own id is new */
  remember(hash: bigint, broadcast: boolean, conversationId: number): boolean {
    if (this.known?.conversation_id !== conversationId || (this.known.broadcast === 1) !== broadcast) {
      this.tx.run(
        'INSERT INTO thread_ids(hash, conversation_id, broadcast) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET conversation_id = excluded.conversation_id, broadcast = excluded.broadcast',
        hash,
        conversationId,
        Number(broadcast),
      )
    }
    // From now on it stands for itself.
    if (this.named && !broadcast) this.tx.run('DELETE FROM thread_people WHERE hash = ?', hash)
    for (const [id, person] of this.fresh) {
      this.tx.run(
        'INSERT INTO thread_people(hash, person, conversation_id) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET conversation_id = excluded.conversation_id',
        id,
        person,
        conversationId,
      )
    }
    return this.known === undefined
  }

  private withPeople(hash: bigint, people: readonly bigint[]): void {
    for (const person of people) {
      const row = this.tx.get<{ conversation_id: number }>(
        'SELECT conversation_id FROM thread_people WHERE hash = ? AND person = ?',
        hash,
        person,
      )
      if (!this.add(row?.conversation_id)) this.fresh.push([hash, person])
    }
  }

  private get(hash: bigint): Known | undefined {
    return this.tx.get<Known>('SELECT conversation_id, broadcast FROM thread_ids WHERE hash = ?', hash)
  }

  private add(id: number | undefined): boolean {
    const survivor = id === undefined ? null : findSurvivor(this.tx, id)
    if (survivor === null) return false
    this.found.push(survivor)
    return true
  }
}
