import * as z from 'zod'
import { beforeEach, expect, test } from 'vitest'
import type { Value } from '../../../src-main/store/file/database'
import { folderIs, placesOf } from '../../../src-main/store/team/healing'
import { createTeam, setRole } from '../../../src-main/store/team/roster'
import { drawSnapshot, keepSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import { consoles, tables, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'

const entity = 'c:AAAAAAAAAAAAAAAAAAAAAA'
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
  join(ana.workspace, ben.workspace, 'Ben')
  join(ana.workspace, cy.workspace, 'Cy')
  exchange()
})
function write<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
  one.time.now = now
  return one.workspace.db.write(work, 'normal')
}
/** Reads what it does not know yet and puts back what got lost, as a link does before it sends anything. */
function look(one: Console): void {
  now += 120_000
  one.time.now = now
  const known = new Set(placesOf(one.workspace.db.read, server.generation))
  receive(
    one.workspace,
    server,
    server.list(Number.POSITIVE_INFINITY).filter((place) => !known.has(place)),
  )
  write(one, (tx) => folderIs(tx, one.workspace, server.generation, server.list(Number.POSITIVE_INFINITY)))
}
function exchange(): void {
  for (let round = 0; round < 3; round++)
    for (const one of [ana, ben, cy]) {
      look(one)
      sendAll(one.workspace, server, now)
    }
}
function record(one: Console, kind: 'note' | 'tag', name: string, back?: string): string {
  now += 1000
  const dot = write(one, (tx) =>
    kind === 'note'
      ? one.workspace.team.record(tx, { kind, entity, payload: { note: name, text: name } })
      : one.workspace.team.record(tx, {
          kind,
          entity,
          payload: { tag: name, on: back === undefined, ...(back && { back }) },
        }),
  )
  return `${dot.device}.${dot.seq}.${dot.idx}`
}
const closeBatch = (one: Console): void => write(one, (tx) => one.workspace.team.closeBatch(tx))
const notes = (one: Console): string[] =>
  one.workspace.db.read
    .all<{ element: string }>("SELECT element FROM team_state WHERE field = 'notes' AND rank = 0 ORDER BY element")
    .map(({ element }) => element)
const forks = (one: Console): unknown[] => one.workspace.db.read.all('SELECT * FROM team_forks')
const events = (one: Console): { payload: string }[] =>
  one.workspace.db.read
    .all<{ payload: string }>(
      'SELECT device, seq, idx, kind, payload, standing FROM team_events ORDER BY device, seq, idx',
    )
    .map((row) => ({
      ...row,
      payload: JSON.stringify(
        Object.entries(z.looseObject({}).parse(JSON.parse(row.payload))).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    }))

type Copy = ReadonlyMap<string, Record<string, Value>[]>
const copyOf = (one: Console): Copy =>
  new Map(tables.map((table) => [table, one.workspace.db.read.all<Record<string, Value>>(`SELECT * FROM ${table}`)]))
function bringBack(one: Console, copy: Copy): void {
  write(one, (tx) => {
    for (const [table, rows] of copy) {
      tx.run(`DELETE FROM ${table}`)
      for (const row of rows)
        tx.run(
          `INSERT INTO ${table}(${Object.keys(row).join(', ')}) VALUES(${Object.keys(row)
            .map(() => '?')
            .join(', ')})`,
          ...Object.values(row),
        )
    }
  })
}
function allAgree(names: string[]): void {
  exchange()
  for (const one of [ana, ben, cy]) {
    expect(forks(one)).toEqual([])
    expect(notes(one)).toEqual(names)
    expect(events(one)).toEqual(events(ana))
  }
}

test('what is written on an earlier copy before the folder was read forks no device, and no word is lost (R58, R60)', () => {
  record(ben, 'note', 'note000001')
  exchange()
  const copy = copyOf(ben)
  for (const name of ['note000002', 'note000003']) {
    record(ben, 'note', name)
    exchange()
  }
  bringBack(ben, copy)
  record(ben, 'note', 'note000004')
  closeBatch(ben)
  record(ben, 'note', 'note000005')
  allAgree(['note000001', 'note000002', 'note000003', 'note000004', 'note000005'])
})

test('what an earlier copy had not sent yet and did send later is told once', () => {
  record(ben, 'note', 'note000001')
  const copy = copyOf(ben)
  record(ben, 'note', 'note000002')
  exchange()
  bringBack(ben, copy)
  record(ben, 'note', 'note000003')
  allAgree(['note000001', 'note000002', 'note000003'])
  expect(events(cy)).toHaveLength(3)
})

test('an act that was taken back on an earlier copy is still the one that is meant', () => {
  record(ben, 'note', 'note000001')
  exchange()
  const copy = copyOf(ben)
  record(ben, 'note', 'note000002')
  exchange()
  bringBack(ben, copy)
  record(ben, 'tag', 'tag-vip001')
  const given = record(ben, 'tag', 'tag-urgent')
  closeBatch(ben)
  record(ben, 'tag', 'tag-urgent', given)
  allAgree(['note000001', 'note000002'])
  expect(events(ana).at(-1)?.payload).toContain(`["back","${ben.id}.3.1"]`)
})

test('a batch whose blob was lost here is not signed a second time (R46, R60)', () => {
  record(ben, 'note', 'note000001')
  exchange()
  record(ben, 'note', 'note000002')
  exchange()
  write(ben, (tx) => {
    tx.run("DELETE FROM team_blobs WHERE device = ? AND seq = 2 AND kind = 'log'", ben.id)
    tx.run('DELETE FROM team_places')
  })
  record(ben, 'note', 'note000003')
  allAgree(['note000001', 'note000002', 'note000003'])
})

test('an earlier copy than a summary goes on behind it, and what was written meanwhile is kept (R58, R60)', () => {
  record(ben, 'note', 'note000001')
  exchange()
  const copy = copyOf(ben)
  for (const name of ['note000002', 'note000003']) {
    record(ben, 'note', name)
    exchange()
  }
  const drawn = finish(drawSnapshot(ana.workspace))
  if (drawn)
    write(ana, (tx) => keepSnapshot(tx, ana.workspace, drawn, server.generation, server.list(Number.POSITIVE_INFINITY)))
  exchange()
  bringBack(ben, copy)
  record(ben, 'note', 'note000004')
  // What the summary stands for need not be read, and may be gone.
  for (const place of server.list(Number.POSITIVE_INFINITY))
    if (!server.summaries().includes(place)) server.remove(place)
  look(ben)
  expect(notes(ben)).toEqual(['note000001', 'note000002', 'note000003', 'note000004'])
  exchange()
  for (const one of [ana, ben, cy]) {
    expect(forks(one)).toEqual([])
    expect(notes(one)).toEqual(['note000001', 'note000002', 'note000003', 'note000004'])
  }
})

test('a batch of a colleague that was lost here and comes again does not make their device one of two tongues (R46, R60)', () => {
  for (const name of ['note000001', 'note000002', 'note000003', 'note000004']) {
    record(ben, 'note', name)
    exchange()
  }
  write(cy, (tx) => {
    tx.run("DELETE FROM team_blobs WHERE device = ? AND seq IN (2, 3) AND kind = 'log'", ben.id)
    tx.run('DELETE FROM team_events WHERE device = ? AND seq = 2', ben.id)
    tx.run('DELETE FROM team_places')
  })
  allAgree(['note000001', 'note000002', 'note000003', 'note000004'])
})

test('a role that was taken away meanwhile allows nothing on an earlier copy (R58, R60)', () => {
  record(ben, 'note', 'note000001')
  exchange()
  const copy = copyOf(ben)
  record(ben, 'note', 'note000002')
  exchange()
  const { member } = z
    .object({ member: z.string() })
    .parse(ana.workspace.db.read.get('SELECT member FROM team_devices WHERE device = ?', ben.id))
  write(ana, (tx) => setRole(tx, ana.workspace, member, 'light', []))
  exchange()
  bringBack(ben, copy)
  record(ben, 'tag', 'tag-vip001')
  allAgree(['note000001', 'note000002'])
  expect(ben.workspace.db.read.all("SELECT 1 FROM team_state WHERE field = 'tags'")).toEqual([])
})
