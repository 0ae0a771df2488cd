import { beforeEach, expect, test } from 'vitest'
import { folderIs } from '../../../src-main/store/team/healing'
import { superfluous } from '../../../src-main/store/team/pruning'
import { packItems } from '../../../src-main/store/team/items'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam, currentRoster } from '../../../src-main/store/team/roster'
import type { RosterBody } from '../../../src-main/store/team/roster-body'
import { recover } from '../../../src-main/store/team/recovery'
import { readRecord, sealRecord } from '../../../src-main/crypto/roster-record'
import { drawSnapshot, keepSnapshot, standingSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { teamInfo } from '../../../src-main/store/team/team-info'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { awaitRoster, join, receive, sendAll } from '../../sim/team'
import { noBlob, sealBlob, toCbor } from '../../../src-main/crypto/blob'
import { randomBytes } from 'node:crypto'

const day = 86_400_000
let server: Server
let now: number
let code: string
let ana: Console
let ben: Console
let cy: Console
let dan: Console
let eve: Console
beforeEach(() => {
  server = new Server()
  now = Date.UTC(2026, 5, 1)
  ;[ana, ben, cy, dan, eve] = consoles(5, now) as [Console, Console, Console, Console, Console]
  write(ana, (tx) => (code = createTeam(tx, ana.workspace, 1, 'support@acme.test').recoveryCode))
  for (const one of [ben, cy, dan]) join(ana.workspace, one.workspace, `A${one.index}`)
  for (const one of [ana, ben, cy, dan]) give(one)
  for (const one of [ana, ben, cy, dan]) take(one)
})

function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
const give = (one: Console): number => {
  one.time.now = now
  return sendAll(one.workspace, server, now)
}
const all = (): string[] => server.list(Number.POSITIVE_INFINITY)
function take(one: Console, places = all()): void {
  one.time.now = now
  receive(one.workspace, server, places)
}
const compare = (one: Console): void =>
  write(one, (tx) => folderIs(tx, one.workspace, server.generation, all(), () => 0))

test('a request to join that was cleared away is not put back, by anybody', () => {
  const request = toCbor([1, randomBytes(8), randomBytes(60)])
  server.append(packItems([{ kind: 'join', bytes: request }]), 0)
  const before = all()
  const place = before.at(-1) ?? ''
  for (const one of [ana, ben, cy]) take(one)
  ana.time.now = now += 3 * day
  const gone = superfluous(ana.workspace.db.read, ana.workspace, server.generation)
  expect(gone).toContain(place)
  server.remove(place)
  for (const one of [ana, ben, cy]) {
    compare(one)
    expect(give(one)).toBe(0)
  }
  expect(all()).toEqual(before.filter((one) => one !== place))
})

/** What a thief signs with the owner's stolen key: a record after an old one, which goes before every other of its version. */
function recordAfter(thief: Console, after: { hash: string; version: number }, body: RosterBody): Uint8Array {
  const { device } = thief.workspace
  const readers = body.devices.map(({ id, sealKey }) => ({ device: id, sealKey: Buffer.from(sealKey, 'base64url') }))
  const place = {
    team: teamInfo(thief.workspace.db.read)?.team ?? '',
    version: after.version + 1,
    previous: after.hash,
  }
  for (;;) {
    const record = sealRecord(device, place, readers, body)
    if (readRecord(record).hash.startsWith('00')) return record
  }
}

test('a stolen owner’s computer that signs behind an old record does not undo the recovery that took it out (R60)', () => {
  const old = currentRoster(ana.workspace.db.read)
  if (!old) throw new Error('no roster')
  // One more record, so that the fork lies before the one that was recovered from.
  write(ana, (tx) => cutOff(tx, ana.workspace, { device: ben.id }))
  give(ana)
  take(cy)
  write(cy, (tx) =>
    cy.workspace.team.record(tx, {
      kind: 'note',
      entity: 'c:AAAAAAAAAAAAAAAAAAAAAA',
      payload: { note: 'note000001', text: 'words' },
    }),
  )
  give(cy)
  write(cy, (tx) => {
    recover(tx, cy.workspace, code)
    const { device } = ana.workspace
    cutOff(tx, cy.workspace, { device: device.id })
  })
  give(cy)
  const honest = currentRoster(cy.workspace.db.read)
  const bad = recordAfter(ana, old, {
    ...old.body,
    keys: [...old.body.keys, { epoch: 2, key: randomBytes(32).toString('base64url') }],
  })
  const place = server.append(packItems([{ kind: 'roster', bytes: bad }]), 0)
  take(cy)
  expect(currentRoster(cy.workspace.db.read)).toEqual(honest)
  expect(teamInfo(cy.workspace.db.read)?.membership).toBe('owner')
  expect(honest?.body.owner).toBe(cy.id)
  // Nor in another order; and the thief's key, once believed, is not taken for the team's.
  take(ana, all().toReversed())
  expect(teamInfo(ana.workspace.db.read)?.membership).toBe('removed')
  take(dan, [place])
  take(dan)
  expect(currentRoster(dan.workspace.db.read)).toEqual(honest)
  expect(
    dan.workspace.db.read.get("SELECT 1 FROM team_state WHERE field = 'notes' AND element = 'note000001'"),
  ).toBeDefined()
})

test('a member whose clock is beyond all years keeps nobody from taking over the summary', () => {
  const { read } = ben.workspace.db
  const key = read.get<{ key: Buffer; epoch: number }>('SELECT key, epoch FROM team_keys')
  const place = { team: teamInfo(read)?.team ?? '', seq: 1, previous: noBlob, roster: 1, epoch: key?.epoch ?? 1 }
  const late = ['title', 'c:AAAAAAAAAAAAAAAAAAAAAA', 2 ** 52, 0, { title: 'late' }]
  const bytes = sealBlob(ben.workspace.device, key?.key ?? Buffer.alloc(32), place, [[], 2 ** 52, [late]])
  server.append(packItems([{ kind: 'log', bytes }]), 0)
  take(ana)
  const { ms } = ana.workspace.db.read.get<{ ms: number }>('SELECT ms FROM team_events') ?? { ms: 0 }
  expect(new Date(ms).getTime()).toBe(ms)
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn) write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, all()))
  give(ana)
  take(cy, server.summaries())
  expect(standingSnapshot(cy.workspace.db.read)?.same).toBe(0)
})

test('who was let in by a roster record that counts no more has no word in any state, in whatever order it came', () => {
  const old = currentRoster(ana.workspace.db.read)
  if (!old) throw new Error('no roster')
  // One record lets Eve in, another after the same one does not; the one with the lower hash stands.
  const member = old.body.members[1]?.id ?? ''
  const { id, signKey, sealKey } = eve.workspace.device
  const withEve = recordAfter(ana, old, {
    ...old.body,
    devices: [
      ...old.body.devices,
      {
        id,
        member,
        name: '',
        signKey: signKey.toString('base64url'),
        sealKey: sealKey.toString('base64url'),
        addedAt: now,
        roles: [{ from: 1, role: 'agent', permissions: [] }],
        cutOff: null,
        erase: false,
      },
    ],
  })
  let without = recordAfter(ana, old, old.body)
  while (readRecord(without).hash > readRecord(withEve).hash) without = recordAfter(ana, old, old.body)
  const place = server.append(packItems([{ kind: 'roster', bytes: withEve }]), 0)
  write(eve, (tx) => awaitRoster(tx, ana.workspace))
  take(eve, [place])
  write(eve, (tx) =>
    eve.workspace.team.record(tx, {
      kind: 'title',
      entity: 'c:AAAAAAAAAAAAAAAAAAAAAA',
      payload: { title: 'by Eve' },
    }),
  )
  give(eve)
  take(dan)
  expect(titles(dan)).toEqual(['"by Eve"'])
  server.append(packItems([{ kind: 'roster', bytes: without }]), 0)
  for (const one of [ben, dan]) take(one)
  take(cy, all().toReversed())
  for (const one of [ben, cy, dan]) expect(titles(one)).toEqual([])
})
test('no word is lost that was sealed with the key of a roster record that counts no more, or that is not here yet (P1)', () => {
  const old = currentRoster(ana.workspace.db.read)
  if (!old) throw new Error('no roster')
  const [winner, loser] = [1, 2]
    .map(() =>
      recordAfter(ana, old, {
        ...old.body,
        keys: [...old.body.keys, { epoch: 2, key: randomBytes(32).toString('base64url') }],
      }),
    )
    .toSorted((a, b) => (readRecord(a).hash < readRecord(b).hash ? -1 : 1))
    .map((bytes) => server.append(packItems([{ kind: 'roster', bytes }]), 0))
  const title = (text: string): string => {
    write(ben, (tx) =>
      ben.workspace.team.record(tx, { kind: 'title', entity: `title:${text}`, payload: { title: text } }),
    )
    give(ben)
    return all().at(-1) ?? ''
  }
  take(ben, [loser ?? ''])
  const first = title('under the one')
  take(ben, [winner ?? ''])
  const second = title('under the other')
  const words = ['"under the one"', '"under the other"']
  for (const [one, order] of [
    [cy, [loser, first, second, winner]],
    [dan, [winner, first, second, loser]],
    [ana, [first, second, loser, winner]],
  ] as const) {
    for (const place of order) take(one, [place ?? ''])
    expect(titles(one).toSorted()).toEqual(words)
  }
})
const titles = (one: Console): string[] =>
  one.workspace.db.read
    .all<{ value: string }>("SELECT value FROM team_state WHERE field = 'title'")
    .map(({ value }) => value)
