import { readdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { drawSnapshot, keepSnapshot, standingSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import type { Harness } from '../helpers'
import { PumpedTeam } from '../team/pumped'

const entity = 'c:AAAAAAAAAAAAAAAAAAAAAA'

/** As app does it when a person asks for it. */
function setAside(store: Harness): void {
  for (const ending of ['', '-wal', '-shm']) {
    const name = `postern.db${ending}`
    if (readdirSync(store.dir).includes(name))
      renameSync(path.join(store.dir, name), path.join(store.dir, `postern-damaged-2026-11-22.db${ending}`))
  }
}
function note(one: Harness, name: string): void {
  const { workspace } = one.service.open
  one.db.write((tx) => workspace.team.record(tx, { kind: 'note', entity, payload: { note: name, text: name } }))
}
const notes = (one: Harness): string[] =>
  one.db.read
    .all<{ element: string }>("SELECT element FROM team_state WHERE field = 'notes' AND rank = 0 ORDER BY element")
    .map(({ element }) => element)
const forks = (one: Harness): unknown[] => one.db.read.all('SELECT * FROM team_forks')
const device = (one: Harness): string => one.service.open.workspace.device.id

async function bothWrote(): Promise<PumpedTeam> {
  const team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  for (const n of [1, 2, 3]) {
    note(ana, `note-of-ana${n}`)
    note(ben, `note-of-ben${n}`)
    await team.pump()
  }
  return team
}
const all = ['note-of-ana1', 'note-of-ana2', 'note-of-ana3', 'note-of-ben1', 'note-of-ben2', 'note-of-ben3']

/** The pages that held these rows cannot be read; what was set aside is started from. */
async function damage(one: Harness, ...statements: string[]): Promise<void> {
  one.db.write((tx) => {
    for (const statement of statements) tx.run(statement)
  })
  one.service.closeStore()
  setAside(one)
  await one.start()
}

async function allAgree(team: PumpedTeam, names: string[]): Promise<void> {
  const [ana, ben] = team.two
  await team.readAgain(ben)
  await team.pump()
  await team.pump()
  for (const one of [ana, ben]) {
    expect(forks(one)).toEqual([])
    expect(notes(one)).toEqual(names)
  }
}

test('what this device said last and damage took is not said anew under its number, nor what is said then (R46, R60)', async () => {
  const team = await bothWrote()
  const [, ben] = team.two
  const last = `device = '${device(ben)}' AND seq = (SELECT max(seq) FROM team_batches WHERE device = '${device(ben)}')`
  await damage(
    ben,
    `DELETE FROM team_blobs WHERE kind = 'log' AND ${last}`,
    `DELETE FROM team_events WHERE ${last}`,
    `DELETE FROM team_batches WHERE ${last}`,
  )
  note(ben, 'note-of-ben4')
  await allAgree(team, [...all, 'note-of-ben4'])
  await team.stop()
})

test('a colleague is heard after damage, whatever of their log it took (R46, R60)', async () => {
  const team = await bothWrote()
  const [ana, ben] = team.two
  const of = `device = '${device(ana)}' AND seq`
  const first = `(SELECT min(seq) FROM team_events WHERE device = '${device(ana)}' AND kind = 'note')`
  await damage(
    ben,
    `DELETE FROM team_events WHERE ${of} = ${first}`,
    `DELETE FROM team_blobs WHERE kind = 'log' AND ${of} = ${first} + 1`,
    `DELETE FROM team_frontier WHERE device = '${device(ana)}'`,
  )
  note(ana, 'note-of-ana4')
  await allAgree(team, [...all.slice(0, 3), 'note-of-ana4', ...all.slice(3)])
  await team.stop()
})

test('what was not sent yet leaves after damage, and work goes on, where the frame of a batch is gone (R46)', async () => {
  const team = await bothWrote()
  const [, ben] = team.two
  note(ben, 'note-of-ben4')
  await damage(
    ben,
    `DELETE FROM team_batches WHERE device = '${device(ben)}' AND seq = (SELECT max(seq) FROM team_batches WHERE device = '${device(ben)}')`,
  )
  note(ben, 'note-of-ben5')
  await allAgree(team, [...all, 'note-of-ben4', 'note-of-ben5'])
  await team.stop()
})

const rosters = (one: Harness): unknown[] =>
  one.db.read.all('SELECT hash, version, chain FROM team_rosters ORDER BY version, hash')
const roleOf = async (one: Harness, who: string): Promise<string | undefined> =>
  (await one.call('team.state', {})).members.find(({ name }) => name === who)?.role

test('words of the roster that damage took are here again: nobody is let in again, left out, or signed for a second time (R46, R60)', async () => {
  const team = await bothWrote()
  const [ana, ben] = team.two
  const before = rosters(ana)
  await damage(ana, 'DELETE FROM team_rosters WHERE version > 1')
  expect(rosters(ana)).toEqual(before)
  // Before anything is read anew.
  await team.setRole(ben, 'admin')
  expect(rosters(ana)).toHaveLength(before.length + 1)
  expect(await roleOf(ben, 'Ben')).toBe('admin')
  expect(await roleOf(ana, 'Ben')).toBe('admin')
  await allAgree(team, all)
  await team.stop()
})

test('the roster does not go back to an earlier word where damage took some in its middle, while they come anew one by one (R46)', async () => {
  const team = await bothWrote()
  const [ana, ben] = team.two
  for (const role of ['admin', 'agent', 'admin'] as const) await team.setRole(ben, role)
  const before = rosters(ana)
  await damage(
    ana,
    "DELETE FROM team_blobs WHERE kind = 'roster' AND seq IN (2, 3)",
    'DELETE FROM team_rosters WHERE version IN (2, 3, 4)',
  )
  expect(await roleOf(ana, 'Ben')).toBe('admin')
  for (const place of team.lie()) {
    await team.readAgain(ana, [place])
    expect(await roleOf(ana, 'Ben')).toBe('admin')
  }
  expect(rosters(ana)).toEqual(before)
  await allAgree(team, all)
  await team.stop()
})

test('words of the roster are not cleared off the server because damage took the copies that would be put back (R46)', async () => {
  const team = await bothWrote()
  const [ana] = team.two
  const blobs = (): unknown[] =>
    ana.db.read.all("SELECT hash, device, seq, state FROM team_blobs WHERE kind = 'roster' ORDER BY seq")
  const before = blobs()
  await damage(ana, "DELETE FROM team_blobs WHERE kind = 'roster'")
  expect(blobs()).toEqual(before)
  await team.readAgain(ana)
  expect((await ana.mail.call('team.folder', { generation: 'g', places: team.lie() })).prune).toEqual([])
  await team.stop()
})

test('what is written after damage is not sealed with a key that somebody who left still has (R46, R60)', async () => {
  const team = await PumpedTeam.make('Ana', 'Ben', 'Cy')
  const [ana, ben] = team.two
  const { members } = await ana.call('team.state', {})
  await ana.call('team.remove', { member: members.find(({ name }) => name === 'Cy')?.id ?? '' })
  await team.pump()
  const keys = (): unknown[] => ben.db.read.all('SELECT epoch, key FROM team_keys ORDER BY epoch')
  const computers = (): unknown[] => ben.db.read.all('SELECT device, cut_off FROM team_devices ORDER BY device')
  const had = { keys: keys(), computers: computers() }
  expect(had.keys).toHaveLength(2)
  await damage(ben, 'DELETE FROM team_keys WHERE epoch = 2', `DELETE FROM team_devices`)
  expect({ keys: keys(), computers: computers() }).toEqual(had)
  note(ana, 'note-of-ana1')
  note(ben, 'note-of-ben1')
  await allAgree(team, ['note-of-ana1', 'note-of-ben1'])
  await team.stop()
})

/** The owner makes a snapshot of all that was said, and everybody has it. */
async function summarise(team: PumpedTeam): Promise<void> {
  const [ana] = team.two
  const { workspace } = ana.service.open
  const drawn = finish(drawSnapshot(workspace))
  if (drawn) ana.db.write((tx) => keepSnapshot(tx, workspace, drawn, 'g', team.lie()))
  await team.pump()
}
/** Ben's first note, and the frame of the batch of his second. */
function firstOf(ben: Harness): string[] {
  const first = `device = '${device(ben)}' AND seq = (SELECT min(seq) FROM team_events WHERE device = '${device(ben)}' AND kind = 'note')`
  return [`DELETE FROM team_events WHERE ${first}`, `DELETE FROM team_batches WHERE ${first}`]
}

test('a note that a snapshot covers is not lost to what is said of its conversation after damage (R46)', async () => {
  const team = await bothWrote()
  const [ana, ben] = team.two
  await summarise(team)
  for (const one of [ana, ben]) {
    await damage(one, ...firstOf(ben))
    note(one, one === ana ? 'note-of-ana4' : 'note-of-ben4')
  }
  await allAgree(team, [...all.slice(0, 3), 'note-of-ana4', ...all.slice(3), 'note-of-ben4'])
  await team.stop()
})

test('a note that a snapshot covers is not lost where damage took the snapshot too: it comes again from the server (R46)', async () => {
  const team = await bothWrote()
  const [ana, ben] = team.two
  await summarise(team)
  for (const one of [ana, ben]) {
    await damage(one, "DELETE FROM team_blobs WHERE kind = 'snap'", ...firstOf(ben))
    note(one, one === ana ? 'note-of-ana4' : 'note-of-ben4')
  }
  await team.readAgain(ana)
  await allAgree(team, [...all.slice(0, 3), 'note-of-ana4', ...all.slice(3), 'note-of-ben4'])
  await team.stop()
})

test.each([
  { tables: ['team_snapshots'] },
  { tables: ['team_snapshot_parts'] },
  { tables: ['team_snapshots', 'team_snapshot_parts'] },
])(
  'a snapshot whose rows damage took ($tables) stands again by its parts, and what it alone says is not lost (R46)',
  async ({ tables }) => {
    const team = await bothWrote()
    const [ana, ben] = team.two
    await summarise(team)
    for (const one of [ana, ben]) {
      const before = standingSnapshot(one.db.read)?.id
      expect(before).toBeDefined()
      // As after its time: of what it covers only the last batch of each is kept.
      await damage(
        one,
        ...tables.map((table) => `DELETE FROM ${table}`),
        "DELETE FROM team_blobs WHERE kind = 'log' AND seq < (SELECT max(o.seq) FROM team_blobs o WHERE o.device = team_blobs.device AND o.kind = 'log')",
        ...firstOf(ben),
      )
      expect(standingSnapshot(one.db.read)?.id).toBe(before)
      expect(notes(one)).toEqual(all)
      note(one, one === ana ? 'note-of-ana4' : 'note-of-ben4')
      expect(notes(one)).toEqual(expect.arrayContaining(all))
    }
    await allAgree(team, [...all.slice(0, 3), 'note-of-ana4', ...all.slice(3), 'note-of-ben4'])
    await team.stop()
  },
)
