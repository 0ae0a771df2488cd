import { beforeEach, describe, expect, test } from 'vitest'
import { randomBytes } from 'node:crypto'
import { noBlob, sealBlob } from '../../../src-main/crypto/blob'
import { coverable } from '../../../src-main/store/team/cover'
import { folderIs, gaps } from '../../../src-main/store/team/healing'
import { Intake } from '../../../src-main/store/team/incoming'
import { packItems, unpackItems } from '../../../src-main/store/team/items'
import { nextPack } from '../../../src-main/store/team/outgoing'
import { coveredMs, packOld, superfluous } from '../../../src-main/store/team/pruning'
import { enough, reduce, type Effect, type LogEvent } from '../../../src-main/store/team/reduce'
import { newestKey } from '../../../src-main/store/team/passing'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam } from '../../../src-main/store/team/roster'
import { teamInfo } from '../../../src-main/store/team/team-info'
import {
  checkSnapshot,
  confirmSnapshot,
  drawSnapshot,
  keepSnapshot,
  standingSnapshot,
  takeOwners,
} from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { partsOf } from '../../../src-main/store/team/snapshot-part'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'

const day = 86_400_000
let server: Server
let now: number
let ana: Console
let ben: Console
let cy: Console
beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben, cy] = consoles(3, now) as [Console, Console, Console]
  write(ana, (tx) => createTeam(tx, ana.workspace, 1, 'support@acme.test'))
  for (const one of [ben, cy]) join(ana.workspace, one.workspace, `A${one.index}`)
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
function give(one: Console): void {
  one.time.now = now
  sendAll(one.workspace, server, now)
}
function take(one: Console, places = server.list(Number.POSITIVE_INFINITY)): void {
  one.time.now = now
  receive(one.workspace, server, places)
}
function sumUp(): void {
  take(ana)
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn) write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, server.list(now)))
  give(ana)
  take(ana)
}
const confirm = (one: Console): void =>
  write(one, (tx) => confirmSnapshot(tx, one.workspace, finish(checkSnapshot(one.workspace))))
const entity = (n: number): string => `c:${'conversation'.padEnd(21, '0')}${n}`
function work(one: Console, count: number): void {
  for (let n = 0; n < count; n++) {
    write(one, (tx) => {
      one.workspace.team.record(
        tx,
        n % 3 === 0
          ? {
              kind: 'note',
              entity: entity(n % 4),
              payload: { note: `note${one.index}${String(n).padStart(6, '0')}`, text: 'words' },
            }
          : { kind: 'assign', entity: entity(n % 4), payload: { to: { member: `member00${n % 5}` } } },
      )
      one.workspace.team.closeBatch(tx)
    })
  }
}
const state = (one: Console): unknown =>
  one.workspace.db.read.all(
    "SELECT owner, field, element, rank, value, device, seq, idx, at FROM team_state WHERE owner NOT LIKE 'snapshot:%' ORDER BY owner, field, element, rank",
  )
const blobs = (one: Console): number =>
  one.workspace.db.read.get<{ n: number }>("SELECT count(*) AS n FROM team_blobs WHERE kind = 'log'")?.n ?? 0
const compare = (one: Console): void =>
  write(one, (tx) => folderIs(tx, one.workspace, server.generation, server.list(now), () => 0))

describe('a snapshot in place of the log', () => {
  test('a console that has nothing but the summary and what came later shows the same, and says so (P7)', () => {
    work(ana, 30)
    give(ana)
    take(ben)
    work(ben, 30)
    give(ben)
    sumUp()
    work(ana, 3)
    give(ana)
    const summaries = server.summaries()
    take(cy, summaries)
    const place = Number(standingSnapshot(cy.workspace.db.read)?.place)
    expect(place).toBeGreaterThan(0)
    const rest = server.list(now).filter((one) => Number(one) > place)
    expect(rest.length).toBeLessThan(5)
    take(cy, rest)
    take(ben)
    expect(state(cy)).toEqual(state(ana))
    expect(state(ben)).toEqual(state(ana))
    expect(blobs(cy)).toBeLessThan(10)
    for (const one of [ben, cy]) {
      confirm(one)
      give(one)
    }
    take(ana)
    expect([standingSnapshot(ben.workspace.db.read)?.same, standingSnapshot(cy.workspace.db.read)?.same]).toEqual([
      1, 0,
    ])
    // What the newcomer does on top of it counts for all.
    work(cy, 4)
    give(cy)
    for (const one of [ana, ben]) take(one)
    expect(state(ana)).toEqual(state(cy))
    expect(state(ben)).toEqual(state(cy))
  })

  test('what it covers goes only when it is old, confirmed by all who work, and lies on the server; then nobody puts it back, and who missed it heals (P7)', () => {
    work(ana, 20)
    give(ana)
    take(ben)
    take(cy)
    sumUp()
    const gone = (): string[] => superfluous(ana.workspace.db.read, ana.workspace, server.generation)
    const log = server.list(now).filter((place) => unpackItems(server.pack(place)).some(({ kind }) => kind === 'log'))
    const hear = (one: Console): void => {
      write(one, (tx) => one.workspace.team.record(tx, { kind: 'title', entity: entity(9), payload: { title: 'x' } }))
      give(one)
      take(ana)
    }
    hear(ben)
    now += coveredMs + day
    hear(ben)
    hear(cy)
    expect(gone().filter((place) => log.includes(place))).toEqual([])
    take(ben)
    confirm(ben)
    give(ben)
    take(ana)
    expect(gone().filter((place) => log.includes(place))).toEqual([])
    take(cy, server.summaries())
    confirm(cy)
    give(cy)
    take(ana)
    const prune = gone()
    expect(log.every((place) => prune.includes(place))).toBe(true)
    for (const place of prune) server.remove(place)
    for (const one of [ana, ben, cy]) {
      take(one)
      compare(one)
      give(one)
    }
    expect(server.list(now).some((place) => log.includes(place))).toBe(false)
    expect(blobs(ana)).toBeLessThan(12)
    expect(state(cy)).toEqual(state(ana))
    expect(state(ben)).toEqual(state(ana))
    // The chain goes on where the blobs before it are gone.
    work(ana, 3)
    give(ana)
    for (const one of [ben, cy]) take(one)
    expect(state(ben)).toEqual(state(ana))
    expect(state(cy)).toEqual(state(ana))
  })

  test('a member who claims to have seen what nobody wrote does not keep summaries from being made, nor the others asking for it (P7)', () => {
    give(ana)
    for (const one of [ben, cy]) take(one)
    work(cy, 2)
    give(cy)
    const info = teamInfo(ben.workspace.db.read)
    const key = newestKey(ben.workspace.db.read)
    const place = { team: info?.team ?? '', seq: 1, previous: noBlob, roster: 1, epoch: key?.epoch ?? 1 }
    const lie = sealBlob(ben.workspace.device, key?.key ?? Buffer.alloc(32), place, [
      [[Buffer.from(cy.id, 'hex'), 2 ** 50]],
      now,
      [['title', entity(0), 0, 0, { title: 'x' }]],
    ])
    server.append(packItems([{ kind: 'log', bytes: lie }]), 0)
    for (const one of [ana, cy]) take(one)
    // Until she has written a word that knew of it, nobody can tell.
    expect(gaps(ana.workspace.db.read, ana.id)).toMatchObject([{ device: cy.id, from: 3 }])
    work(cy, 3)
    give(cy)
    take(ana)
    work(ana, 3)
    give(ana)
    expect(gaps(ana.workspace.db.read, ana.id)).toEqual([])
    expect(coverable(ana.workspace.db.read, ana.id)).toMatchObject({
      [ana.id]: { seq: 3 },
      [ben.id]: { seq: 1 },
      [cy.id]: { seq: 5 },
    })
    write(ana, (tx) => cutOff(tx, ana.workspace, { device: ben.id }))
    expect(Object.keys(coverable(ana.workspace.db.read, ana.id))).toHaveLength(3)
  })

  test('a summary by anybody but the owner, a bent one and one of words left out change nothing or are told', () => {
    work(ana, 8)
    give(ana)
    take(ben)
    const info = teamInfo(ben.workspace.db.read)
    const key = ben.workspace.db.read.get<{ key: Buffer; epoch: number }>('SELECT key, epoch FROM team_keys')
    const place = { team: info?.team ?? '', seq: 0, previous: noBlob, roster: 1, epoch: key?.epoch ?? 1 }
    const head = {
      id: randomBytes(16).toString('hex'),
      at: now + 5,
      roster: 1,
      root: '00'.repeat(32),
      cover: coverable(ana.workspace.db.read, ana.id),
      generation: 'g1',
      place: '9',
    }
    const [part] = partsOf(head, [], [])
    const byBen = sealBlob(ben.workspace.device, key?.key ?? Buffer.alloc(32), place, part)
    const bent = Buffer.from(byBen)
    bent.writeUInt8(bent.readUInt8(70) ^ 1, 70)
    for (const bytes of [byBen, bent]) server.append(packItems([{ kind: 'snap', bytes }]), 0, true)
    take(cy)
    expect(standingSnapshot(cy.workspace.db.read)).toBeNull()
    expect(state(cy)).toEqual(state(ana))
    // The owner's own, but without an event that is needed: whoever has all of them notices.
    const drawn = finish(drawSnapshot(ana.workspace))
    if (drawn)
      write(ana, (tx) =>
        keepSnapshot(
          tx,
          ana.workspace,
          { ...drawn, kept: drawn.kept.slice(1), root: 'ab'.repeat(32) },
          server.generation,
          [],
        ),
      )
    give(ana)
    take(cy)
    confirm(cy)
    expect(standingSnapshot(cy.workspace.db.read)?.same).toBe(-1)
    expect(cy.workspace.db.read.get("SELECT 1 FROM team_state WHERE owner LIKE 'snapshot:%'")).toBeUndefined()
    expect(state(cy)).toEqual(state(ana))
    write(cy, (tx) => {
      takeOwners(tx, cy.workspace)
      cy.workspace.team.refreshStale(tx, () => false)
    })
    expect(state(cy)).not.toEqual(state(ana))
  })

  test('who signs a part of their own under the name of the owner’s summary keeps nobody from taking that over (P7, R60)', () => {
    work(ana, 8)
    give(ana)
    take(ben)
    const { read } = ben.workspace.db
    const key = read.get<{ key: Buffer; epoch: number }>('SELECT key, epoch FROM team_keys')
    sumUp()
    take(ben)
    const stands = standingSnapshot(read)
    if (!stands) throw new Error('no summary')
    const place = {
      team: teamInfo(read)?.team ?? '',
      seq: 0,
      previous: noBlob,
      roster: stands.roster,
      epoch: key?.epoch ?? 1,
    }
    const [part] = partsOf({ ...stands, at: stands.at + 1 }, [], [])
    const bytes = sealBlob(ben.workspace.device, key?.key ?? Buffer.alloc(32), place, part)
    const log = server.list(Number.POSITIVE_INFINITY)
    server.append(packItems([{ kind: 'snap', bytes }]), 0, true)
    // It comes first.
    const places = server.list(Number.POSITIVE_INFINITY)
    take(
      cy,
      places.filter((one) => !log.includes(one)),
    )
    take(cy, server.summaries())
    expect(standingSnapshot(cy.workspace.db.read)?.id).toBe(stands.id)
    expect(state(cy)).toEqual(state(ana))
  })

  test('the owner’s summary is not taken for all where a part of it is missing: what it would say is not given up (R46)', () => {
    work(ana, 8)
    give(ana)
    take(cy)
    sumUp()
    take(cy)
    const before = state(cy)
    for (const statement of ['DELETE FROM team_snapshot_parts', "DELETE FROM team_blobs WHERE kind = 'snap'"]) {
      write(cy, (tx) => {
        tx.run('UPDATE team_snapshots SET same = -1')
        tx.run(statement)
      })
      expect(() =>
        write(cy, (tx) => {
          takeOwners(tx, cy.workspace)
          cy.workspace.team.refreshStale(tx, () => false)
        }),
      ).toThrow(expect.objectContaining({ code: 'unreadable' }))
      expect(state(cy)).toEqual(before)
    }
  })

  test('what came after a cut-off is in no summary, and stays out for who starts from it (P5, P7)', () => {
    work(ben, 4)
    take(ben)
    give(ben)
    take(ana)
    const member =
      ana.workspace.db.read.get<{ member: string }>('SELECT member FROM team_devices WHERE device = ?', ben.id)
        ?.member ?? ''
    write(ana, (tx) => cutOff(tx, ana.workspace, { member }))
    const last = coverable(ana.workspace.db.read, ana.id)[ben.id]?.seq
    work(ben, 4)
    give(ben)
    take(ana)
    expect(coverable(ana.workspace.db.read, ana.id)[ben.id]?.seq).toBe(last)
    sumUp()
    take(cy, server.summaries())
    take(cy)
    expect(state(cy)).toEqual(state(ana))
  })
})

test('many small old messages become few, and only what was read back in the larger one goes', () => {
  for (let n = 0; n < 60; n++) {
    work(ana, 1)
    give(ana)
  }
  take(ana)
  const before = server.list(now)
  const pack = (): void => write(ana, (tx) => packOld(tx, ana.workspace, server.generation))
  pack()
  expect(nextPack(ana.workspace.db.read, now)).toBeNull()
  now += 3 * day
  pack()
  give(ana)
  expect(superfluous(ana.workspace.db.read, ana.workspace, server.generation)).toEqual([])
  take(ana)
  const gone = superfluous(ana.workspace.db.read, ana.workspace, server.generation)
  // The first of them also has the roster, which lies nowhere else.
  expect(gone).toHaveLength(59)
  expect(gone.every((place) => before.includes(place))).toBe(true)
  for (const place of gone) server.remove(place)
  compare(ana)
  expect(nextPack(ana.workspace.db.read, now)).toBeNull()
  take(ben)
  expect(state(ben)).toEqual(state(ana))
})

test('events that are enough overrule what the rest overruled, also under another name of the conversation', () => {
  const at = (device: string, seq: number, payload: Effect, seen: Record<string, number> = {}): LogEvent => ({
    device,
    seq,
    idx: 0,
    kind: 'x',
    entity: 'e',
    ms: seq,
    ctr: 0,
    payload,
    seen,
  })
  const effects = ({ payload }: LogEvent): Effect[] => [payload as Effect]
  const put = (value: string): Effect => ({ do: 'set', field: 'assignee', value })
  const [a1, b1, c1] = [at('a', 1, put('one')), at('b', 1, put('two'), { a: 1 }), at('c', 1, put('three'), { b: 1 })]
  expect(enough([a1, b1, c1], effects)).toEqual([c1])
  // c has not seen a: begun with a and c, b must be there to say that a is overruled.
  const needed = enough([a1, b1, c1], effects, [a1, c1])
  expect(reduce(needed, effects)).toEqual(reduce([a1, b1, c1], effects))
})

test('a snapshot that is taken over in steps, with the program ended in the middle, comes to the same; at no step is a state another one', () => {
  work(ana, 60)
  give(ana)
  take(ben)
  work(ben, 60)
  give(ben)
  // Cy has some of it, and so a state of its own.
  take(cy, server.list(Number.POSITIVE_INFINITY).slice(0, 1))
  const before = new Set(notesOf(cy))
  sumUp()
  const places = server.list(Number.POSITIVE_INFINITY)
  let steps = 0
  for (let run = 0; run < 3; run++) {
    const intake = new Intake(cy.workspace)
    for (const place of places)
      for (let from: number | null = 0; from !== null;) {
        const at: number = from
        from = write(cy, (tx) =>
          intake.take(tx, server.generation, { place, pack: server.pack(place) }, at, () => false),
        )
      }
    while (write(cy, (tx) => intake.apply(tx, () => true))) {
      steps++
      for (const one of before) expect(notesOf(cy)).toContain(one)
      // Twice the program ends.
      if (run < 2 && steps > 20 * (run + 1)) break
    }
  }
  while (write(cy, (tx) => cy.workspace.team.refreshStale(tx, () => true)));
  expect(steps).toBeGreaterThan(60)
  expect(standingSnapshot(cy.workspace.db.read)?.same).toBe(0)
  const states = (one: Console): unknown =>
    one.workspace.db.read.all(
      "SELECT owner, field, element, rank, value, device, seq, idx FROM team_state WHERE owner NOT LIKE 'snapshot:%' ORDER BY owner, field, element, rank",
    )
  expect(states(cy)).toEqual(states(ana))
})

const notesOf = (one: Console): string[] =>
  one.workspace.db.read
    .all<{ element: string }>("SELECT element FROM team_state WHERE field = 'notes'")
    .map(({ element }) => element)
