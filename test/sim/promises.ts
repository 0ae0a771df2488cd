import { readBlob } from '../../src-main/crypto/blob'
import { covers } from '../../src-main/store/team/cover'
import { mustErase } from '../../src-main/store/team/hand-over'
import { gaps } from '../../src-main/store/team/healing'
import { unpackItems } from '../../src-main/store/team/items'
import { kinds } from '../../src-main/store/team/kinds'
import { newestKey } from '../../src-main/store/team/passing'
import { settledSnapshot } from '../../src-main/store/team/pruning'
import { knew, type LogEvent } from '../../src-main/store/team/reduce'
import { permissionsOf } from '../../src-preload/contract/roles'
import { standingSnapshot } from '../../src-main/store/team/snapshot'
import type { Role } from '../../src-preload/contract/team'
import type { Console } from './console'
import type { Server } from './server'

/** What a run's world wrote down itself: against this, and not against what consoles say of themselves, its end is held. */
export interface Books {
  readonly all: readonly Console[]
  readonly owner: Console
  readonly server: Server
  readonly written: readonly Written[]
  /** By device: roles from which batch, as the owner set them. */
  readonly roles: ReadonlyMap<string, readonly { from: number; role: Role }[]>
  /** By device: the last batch that counts. */
  readonly cutOffs: ReadonlyMap<string, number>
  /** Who was taken out: the newest key that they had, and whether their computer is to erase itself. */
  readonly gone: ReadonlyMap<Console, { epoch: number; erase: boolean }>
  /** By device: under which number it wrote a second batch, and that one's hash. */
  readonly forks: ReadonlyMap<string, { seq: number; lie: string }>
  /** So many messages may have been appended, beside those for what everybody wrote. */
  readonly appendsBudget: number
}

export interface Written extends LogEvent {
  /** What its console had when it was written. */
  readonly known: ReadonlySet<string>
  readonly member: number
}
export const dotOf = (event: { device: string; seq: number; idx: number }): string =>
  `${event.device} ${event.seq} ${event.idx}`

/** @returns the first promise that does not hold */
export function broken(books: Books): string | null {
  const present = books.all.filter((one) => !one.left)
  const states = present.map((one) =>
    JSON.stringify(
      one.workspace.db.read.all(
        'SELECT owner, field, element, rank, value, device, seq, idx, at FROM team_state ORDER BY owner, field, element, rank',
      ),
    ),
  )
  if (new Set(states).size > 1) {
    // Those that have every event agree: then what others took over from a snapshot was not the same.
    const whole = states.filter((_, at) => standingSnapshot(present[at]?.workspace.db.read ?? fail())?.same !== 0)
    const which = whole.length < states.length && new Set(whole).size === 1 ? 'P7' : 'P1'
    return `${which}: consoles differ: ${firstDifference(states)}`
  }
  for (const one of present)
    if (standingSnapshot(one.workspace.db.read)?.same === -1)
      return `P7: ${one.index} has all events and comes to other states than the snapshot`
  for (const one of present) {
    const gap = gaps(one.workspace.db.read, one.id).filter(({ device }) => !books.cutOffs.has(device))[0]
    if (gap) return `P1: ${one.index} waits for ${gap.device} ${gap.from}-${gap.to}`
  }
  // A lie that nobody got to see is none.
  const forks = new Map(
    [...books.forks].filter(([, { lie }]) =>
      present.some((one) => one.workspace.db.read.get('SELECT 1 FROM team_blobs WHERE hash = ?', lie)),
    ),
  )
  const seen = { ...books, forks }
  return wrongState(seen) ?? wrongGone(seen) ?? wrongServer(seen)
}

/** By the simulation's own books: does an event count? */
function counts({ cutOffs, forks, roles }: Books, event: Written): boolean {
  const { device, seq } = event
  if (
    seq > (cutOffs.get(device) ?? Number.POSITIVE_INFINITY) ||
    seq >= (forks.get(device)?.seq ?? Number.POSITIVE_INFINITY)
  )
    return false
  const role =
    roles
      .get(device)
      ?.filter(({ from }) => from <= seq)
      .at(-1)?.role ?? 'light'
  const kind = Object.entries(kinds).find(([name]) => name === event.kind)?.[1]
  return kind !== undefined && permissionsOf(role, []).has(kind.permission)
}

function wrongState(books: Books): string | null {
  const read = books.owner.workspace.db.read
  const rows = read.all<{
    owner: string
    field: string
    element: string
    rank: number
    device: string
    seq: number
    idx: number
  }>('SELECT owner, field, element, rank, device, seq, idx FROM team_state')
  const counting = books.written.filter((event) => counts(books, event))
  const byDot = new Map(books.written.map((event) => [dotOf(event), event]))
  for (const row of rows) {
    // Written by the consoles themselves.
    if (row.owner.startsWith('snapshot:')) continue
    const event = byDot.get(dotOf(row))
    if (!event || !counts(books, event)) return `P5: an event that must not count stands: ${JSON.stringify(row)}`
  }
  const there = new Set(rows.map((row) => `${row.owner} ${row.field} ${row.element} ${dotOf(row)}`))
  for (const event of counting) {
    if (
      event.kind === 'note' &&
      !there.has(`${event.entity} notes ${(event.payload as { note: string }).note} ${dotOf(event)}`)
    )
      return `P2: a note is lost: ${dotOf(event)}`
  }
  // Every write that no other write knew of must be shown, and nothing else.
  const writes = new Map<string, Written[]>()
  for (const event of counting) {
    for (const field of registersOf(event))
      writes.set(`${event.entity} ${field}`, [...(writes.get(`${event.entity} ${field}`) ?? []), event])
  }
  for (const [register, events] of writes) {
    const shown = new Set(
      rows.filter((row) => `${row.owner} ${row.field}` === register && row.element === '').map(dotOf),
    )
    const open = events.filter((event) => !events.some((other) => other !== event && truly(other, event)))
    for (const event of open)
      if (!shown.has(dotOf(event))) return `P3: a concurrent write of ${register} is swallowed: ${dotOf(event)}`
    for (const dot of shown)
      if (!open.some((event) => dotOf(event) === dot))
        return `P3: ${register} shows a write that was followed by another: ${dot}`
  }
  return null
}

/** Who was taken out cannot read what came later, and a computer that is to erase itself says that it does. */
function wrongGone({ gone, forks, owner }: Books): string | null {
  for (const [one, { epoch, erase }] of gone) {
    if ((newestKey(one.workspace.db.read)?.epoch ?? 0) > epoch) return `P8: ${one.index} has a key of after its removal`
    if (mustErase(one.workspace.db.read) !== erase)
      return `P8: ${one.index} was ${erase ? '' : 'not '}told to erase itself and does ${erase ? 'not' : 'so'}`
    if (!erase || forks.has(one.id)) continue
    const said = "SELECT 1 FROM team_events WHERE kind = 'device-erased' AND device = ? AND standing = 1"
    if (!owner.workspace.db.read.get(said, one.id)) return `P8: the owner was not told that ${one.index} erases itself`
  }
  return null
}

function wrongServer({ all, server, appendsBudget }: Books): string | null {
  const there = new Set(
    server.packs().flatMap((pack) => {
      try {
        return unpackItems(pack).flatMap(({ kind, bytes }) =>
          kind === 'log' || kind === 'snap' ? [readBlob(bytes).hash] : [],
        )
      } catch {
        return []
      }
    }),
  )
  for (const one of all.filter(({ left }) => !left)) {
    for (const { hash } of one.workspace.db.read.all<{ hash: string }>(
      "SELECT hash FROM team_blobs WHERE kind = 'log' AND state = 'applied'",
    )) {
      if (there.has(hash)) continue
      const snapshot = settledSnapshot(one.workspace.db.read, one.workspace.clock.stamp())
      const blob = one.workspace.db.read.get<{ device: string; seq: number }>(
        'SELECT device, seq FROM team_blobs WHERE hash = ?',
        hash,
      )
      const parts =
        snapshot &&
        one.workspace.db.read.all<{ hash: string }>('SELECT hash FROM team_snapshot_parts WHERE id = ?', snapshot.id)
      if (
        !parts ||
        !blob ||
        !covers(snapshot.cover, blob.device, blob.seq) ||
        !parts.every((part) => there.has(part.hash))
      )
        return `P9: a blob is not on the server again: ${hash}`
    }
  }
  const blobs = all.reduce(
    (sum, one) =>
      sum +
      (one.workspace.db.read.get<{ n: number }>('SELECT count(*) AS n FROM team_blobs WHERE device = ?', one.id)?.n ??
        0),
    0,
  )
  if (server.appends > appendsBudget + blobs * 2) return `P10: ${server.appends} messages for ${blobs} items`
  return null
}

const fail = (): never => {
  throw new Error('no such console')
}

function truly(later: Written, earlier: Written): boolean {
  return later.device === earlier.device ? knew(later, earlier) : later.known.has(dotOf(earlier))
}

function registersOf({ kind, payload }: Written): string[] {
  if (kind === 'status' || kind === 'title' || kind === 'snooze') return [kind]
  if (kind === 'assign') return ['assignee']
  if (kind === 'note-edit') return [`note:${(payload as { note: string }).note}`]
  return kind === 'tag-define' ? ['name', 'colour'] : []
}

function firstDifference(states: readonly string[]): string {
  const [a = '', b = ''] = [...new Set(states)]
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return `${a.slice(Math.max(0, at - 150), at + 80)} | ${b.slice(Math.max(0, at - 20), at + 80)}`
}
