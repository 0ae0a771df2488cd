import { randomBytes } from 'node:crypto'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { entityOfConversation, groupOf, groupOfConversation, moveAnchors, type Group } from './anchors'
import { effectsOf, eventsOf, parsed, standing } from './events'
import { forgetProjected } from './forget-projected'
import { frontier, lastOwnBatch } from './frontier'
import { kindOf, kinds, type KindName, type KindPayload } from './kinds'
import { placeWaiting, sortLater } from './project-threads'
import { projectors } from './projectors'
import { rightsOf } from './roles'
import { teamInfo } from './team-info'
import { reduce, type Dot, type LogEvent, type Stamp, type StateRow } from './reduce'

/** A batch is closed at this many events or this many characters of payload; it becomes one blob. */
const batchEvents = 100
const batchText = 48_000
/** A stamp runs ahead of the clock by this at most, whatever was heard or written before, ms. */
const aheadMs = 10 * 60_000

/** One of the state rows of an entity with its value parsed. */
export interface Changed {
  readonly tx: Writer
  readonly workspace: Workspace
  readonly group: Group
  readonly rows: readonly StateRow[]
  /** All events of the group that count, in any order. */
  readonly events: readonly LogEvent[]
  /** Fields whose rows are not what they were. */
  readonly fields: ReadonlySet<string>
  /** true: it was recorded here a moment ago; what the act itself did to other tables is done. */
  readonly own: boolean
  /** true: nothing happened now, so nothing is told in the thread. */
  readonly quiet: boolean
}

/** A name for a new tag, note, group ...: 15 random bytes. */
export const newName = (): string => randomBytes(15).toString('base64url')

/** The team log: every act on shared state is recorded here, in the transaction of the act. */
export class TeamLog {
  constructor(private readonly workspace: Workspace) {}

  /**
   * Records an act of this device and applies it. `payload` must fit the kind's schema; a shape that does not is a
   * programmer's error and throws; so does a role that does not allow it (`not-allowed`).
   * @param done the caller does itself what the event does to other tables; else the projectors do, as for events of others
   */
  record<K extends KindName>(
    tx: Writer,
    event: { readonly kind: K; readonly entity: string; readonly payload: KindPayload<K> },
    done = true,
  ): Dot {
    const payload = kinds[event.kind].payload.parse(event.payload)
    const text = JSON.stringify(payload)
    this.freshen(tx, event.entity)
    const { seq, idx } = this.place(tx, text.length)
    const device = this.workspace.device.id
    // A role that was taken away while this was open; alone, everything is allowed.
    const stands = teamInfo(tx) ? this.judge(tx, device)(seq, event.kind, text) : standing.counts
    if (stands === standing.refused || stands === standing.held)
      throw new PosternError('not-allowed', 'the role does not allow it', { kind: event.kind })
    const { ms, ctr } = this.nextStamp(tx)
    tx.run(
      'INSERT INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)',
      device,
      seq,
      idx,
      event.kind,
      event.entity,
      ms,
      ctr,
      text,
      stands === standing.unknownDevice ? standing.counts : stands,
    )
    this.refresh(tx, event.entity, done)
    this.workspace.noteTeamWork()
    return { device, seq, idx }
  }

  /** Records an act on a conversation; does nothing while no other console could know the conversation. */
  recordOn<K extends KindName>(tx: Writer, conversationId: number, kind: K, payload: KindPayload<K>): Dot | null {
    const entity = entityOfConversation(tx, this.workspace.hashes, conversationId)
    return entity === null ? null : this.record(tx, { kind, entity, payload })
  }

  /** Place in the open batch, or in a new one when that is full. */
  private place(tx: Writer, size: number): { seq: number; idx: number } {
    const device = this.workspace.device.id
    const last = tx.get<{ seq: number; closed: number }>(
      'SELECT seq, closed FROM team_batches WHERE device = ? ORDER BY seq DESC LIMIT 1',
      device,
    )
    if (last?.closed === 0) {
      const held = tx.get<{ n: number; text: number | null }>(
        'SELECT count(*) AS n, sum(length(payload)) AS text FROM team_events WHERE device = ? AND seq = ?',
        device,
        last.seq,
      )
      if (held && held.n < batchEvents && (held.text ?? 0) + size <= batchText) return { seq: last.seq, idx: held.n }
      this.closeBatch(tx)
    }
    const seq = lastOwnBatch(tx, this.workspace) + 1
    tx.run(
      'INSERT INTO team_batches(device, seq, seen, closed) VALUES(?, ?, ?, 0)',
      device,
      seq,
      JSON.stringify(frontier(tx)),
    )
    return { seq, idx: 0 }
  }

  /**
   * No more events are added to the open batch. Must be called before anything of other devices is applied: what a batch
   * had seen is true for each of its events.
   */
  closeBatch(tx: Writer): void {
    // Only the last one can be open.
    tx.run(
      'UPDATE team_batches SET closed = 1 WHERE device = ?1 AND seq = (SELECT max(seq) FROM team_batches WHERE device = ?1) AND closed = 0',
      this.workspace.device.id,
    )
  }

  private nextStamp(tx: Reader): Stamp {
    const last = tx.get<Stamp>(
      'SELECT ms, ctr FROM team_events WHERE device = ? ORDER BY seq DESC, idx DESC LIMIT 1',
      this.workspace.device.id,
    ) ?? { ms: 0, ctr: 0 }
    const most = this.workspace.clock.stamp() + aheadMs
    const now = Math.max(this.workspace.clock.stamp(), Math.min(this.latest, most))
    // Our own clock was ahead and was set right: what follows is known by its number, and need not be dated as far ahead.
    if (now > last.ms || last.ms > most) return { ms: now, ctr: 0 }
    return last.ctr < 65_535 ? { ms: last.ms, ctr: last.ctr + 1 } : { ms: last.ms + 1, ctr: 0 }
  }

  /** Stamps of others raise ours by ten minutes at most: one wrong clock must not become everybody's. */
  heardStamp(ms: number): void {
    this.latest = Math.max(this.latest, Math.min(ms, this.workspace.clock.stamp() + aheadMs))
  }
  private latest = 0

  /** How the events of a device stand, by the roster that is known now. */
  judge(read: Reader, device: string): (seq: number, kind: string, payload: string) => number {
    const rights = rightsOf(read, device)
    const forkedFrom =
      read.get<{ seq: number }>('SELECT seq FROM team_forks WHERE device = ?', device)?.seq ?? Number.POSITIVE_INFINITY
    return (seq, name, payload) => {
      const kind = kindOf(name)
      if (!kind) return standing.newer
      const at = rights?.(seq)
      // Also of a device that was taken out because it spoke with two tongues: the owner decides about what is here.
      if (at?.held) return standing.held
      if (forkedFrom <= seq) return standing.forked
      if (!at) return standing.unknownDevice
      return at.permissions.has(kind.permission) && kind.payload.safeParse(parsed(payload)).success
        ? standing.counts
        : standing.refused
    }
  }

  /** The roster says something else of a device: all its events are judged anew. */
  judgeAgain(tx: Writer, device: string): void {
    const touched = new Set<string>()
    const judge = this.judge(tx, device)
    for (const event of tx.all<{
      seq: number
      idx: number
      kind: string
      entity: string
      payload: string
      standing: number
    }>('SELECT seq, idx, kind, entity, payload, standing FROM team_events WHERE device = ?', device)) {
      const now = judge(event.seq, event.kind, event.payload)
      if (now === event.standing || (now === standing.held && event.standing === standing.settled)) continue
      tx.run(
        'UPDATE team_events SET standing = ? WHERE device = ? AND seq = ? AND idx = ?',
        now,
        device,
        event.seq,
        event.idx,
      )
      touched.add(event.entity)
    }
    for (const entity of touched) this.refresh(tx, entity)
  }

  /** Events of these entities came or count otherwise than before; `refreshStale` makes their states anew, each once however much came. */
  nowStale(tx: Writer, entities: Iterable<string>): void {
    for (const entity of entities) tx.run('INSERT OR IGNORE INTO team_stale(entity) VALUES(?)', entity)
  }

  /** @returns whether some are left because the time was up */
  refreshStale(tx: Writer, until: () => boolean): boolean {
    for (;;) {
      const some = tx.all<{ entity: string }>('SELECT entity FROM team_stale LIMIT 50')
      for (const { entity } of some) {
        if (tx.run('DELETE FROM team_stale WHERE entity = ?', entity).changes === 0) continue
        this.refresh(tx, entity)
        if (until()) return true
      }
      if (some.length < 50) return false
    }
  }

  /** An act of our own must not pass for what came from others and was not shown yet. */
  private freshen(tx: Writer, entity: string): void {
    if (!tx.get('SELECT 1 FROM team_stale LIMIT 1')) return
    const { entities } = groupOf(tx, this.workspace.hashes, entity)
    if (entities.some((one) => tx.get('SELECT 1 FROM team_stale WHERE entity = ?', one))) this.refresh(tx, entity)
  }

  /** Makes the state of an entity anew from its events and tells the projectors what changed. */
  refresh(tx: Writer, entity: string, own = false): void {
    this.refreshGroup(tx, groupOf(tx, this.workspace.hashes, entity), own)
    if (!own) sortLater(tx, this.workspace, entity)
    this.doLater(tx)
  }

  /** What the events of one entity alone amount to, without those of others of its conversation. */
  eventsOf(read: Reader, entity: string): StateRow[] {
    return reduce(eventsOf(read, entity), effectsOf)
  }

  /** For projectors: what changes conversations themselves is done once the state that is being made is whole. */
  afterwards(tx: Writer, work: () => void): void {
    this.later.push({ changes: tx.changes, work })
  }
  private readonly later: { readonly changes: Writer['changes']; readonly work: () => void }[] = []
  private working = false
  doLater(tx: Writer): void {
    if (this.working) return
    this.working = true
    try {
      // What a transaction left that was rolled back is nobody's.
      for (let one = this.later.shift(); one; one = this.later.shift()) if (one.changes === tx.changes) one.work()
    } finally {
      this.working = false
      this.later.length = 0
    }
  }

  /**
   * New mail tied messages to a conversation, or conversations to each other. What colleagues decided about them is done by
   * `doLater`, once the message itself is there. @returns whether anything was decided
   * @param before is called when something was, before it is done
   */
  conversationGrew(
    tx: Writer,
    conversationId: number,
    fresh: readonly bigint[],
    merged: readonly number[],
    before: () => void = () => undefined,
  ): boolean {
    if (!moveAnchors(tx, conversationId, fresh, merged)) return false
    before()
    // What was told of a conversation that merged into this one came along with it, and is told no second time.
    this.refreshGroup(tx, groupOfConversation(tx, conversationId), false, true, merged.length > 0)
    placeWaiting(tx, this.workspace, groupOfConversation(tx, conversationId))
    return true
  }

  /** Messages were taken out of a conversation: what its state amounts to is made anew from what is left to it. */
  conversationShrank(tx: Writer, conversationId: number): void {
    forgetProjected(tx, conversationId)
    this.refreshGroup(tx, groupOfConversation(tx, conversationId), false, true, true)
  }

  /** `met`: the group has another conversation than before, so all of its state is news to the projectors. */
  private refreshGroup(tx: Writer, group: Group, own: boolean, met = false, quiet = false): void {
    for (const entity of group.entities)
      if (tx.run('DELETE FROM team_stale WHERE entity = ?', entity).changes > 0) sortLater(tx, this.workspace, entity)
    const events = group.entities.flatMap((entity) => eventsOf(tx, entity))
    const rows = reduce(events, effectsOf)
    const before = new Map<string, StoredRow>(
      group.entities.flatMap((owner) =>
        storedRows(tx, owner).map((row): [string, StoredRow] => [`${owner}\n${keyOf(row)}`, row]),
      ),
    )
    const fields = new Set(met ? rows.map(({ field }) => field) : [])
    for (const row of rows) {
      const key = `${group.owner}\n${keyOf(row)}`
      const was = before.get(key)
      before.delete(key)
      const value = JSON.stringify(row.value)
      if (was && was.device === row.device && was.seq === row.seq && was.idx === row.idx && was.value === value)
        continue
      fields.add(row.field)
      tx.run(
        'INSERT OR REPLACE INTO team_state(owner, field, element, rank, value, device, seq, idx, at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)',
        group.owner,
        row.field,
        row.element,
        row.rank,
        value,
        row.device,
        row.seq,
        row.idx,
        row.at,
      )
    }
    for (const [key, gone] of before) {
      fields.add(gone.field)
      tx.run(
        'DELETE FROM team_state WHERE owner = ? AND field = ? AND element = ? AND rank = ?',
        key.slice(0, key.indexOf('\n')),
        gone.field,
        gone.element,
        gone.rank,
      )
    }
    // A removal that stands against a gift that did not know of it changes nothing, and is told all the same.
    if (fields.size === 0 && group.conversationId === null) return
    for (const project of projectors)
      project({ tx, workspace: this.workspace, group, rows, events, fields, own, quiet })
  }
}

interface StoredRow extends Dot {
  readonly field: string
  readonly element: string
  readonly rank: number
  readonly value: string
}
const keyOf = (row: { field: string; element: string; rank: number }): string =>
  `${row.field}\n${row.element}\n${row.rank}`
function storedRows(read: Reader, owner: string): StoredRow[] {
  return read.all<StoredRow>(
    'SELECT field, element, rank, value, device, seq, idx FROM team_state WHERE owner = ?',
    owner,
  )
}
