import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { KeyFile } from '../../../src-main/crypto/support-identity'
import { Database } from '../../../src-main/store/file/database'
import { endGrant, grantRow, listGrants, makeGrant, sweepGrants } from '../../../src-main/store/privacy/grants'
import { anchorHead, headFault, ownMark } from '../../../src-main/store/privacy/log-heads'
import { addIdentity } from '../../../src-main/store/privacy/support-identities'
import { cutOff } from '../../../src-main/store/team/cut-off'
import { createTeam } from '../../../src-main/store/team/roster'
import { consoles, type Console } from '../../sim/console'
import { Server } from '../../sim/server'
import { join, receive, sendAll } from '../../sim/team'
import { openAt } from '../earlier'
import { staff } from '../support'
import { tempFolder } from '../../servers/process.mjs'

const day = 86_400_000
const start = Date.UTC(2026, 10, 1)
const ana = { kind: 'agent', name: 'Ana' } as const
let file: KeyFile
let server: Server
let owner: Console
let admin: Console
let agent: Console
let now = start

beforeAll(async () => {
  file = await staff
})
beforeEach(() => {
  server = new Server()
  now = start
  const [one, two, three] = consoles(3, now)
  if (!one || !two || !three) throw new Error('no consoles')
  ;[owner, admin, agent] = [one, two, three]
  for (const {
    workspace: { db },
  } of [one, two, three]) {
    db.write((tx) => {
      for (const trigger of ['grants_kept', 'access_log_kept', 'access_chains_kept'])
        tx.run(`DROP TRIGGER IF EXISTS ${trigger}`)
      for (const table of ['access_notices', 'grants', 'support_identities', 'access_log', 'access_chains'])
        tx.run(`DELETE FROM ${table}`)
      tx.run("DELETE FROM meta WHERE key LIKE 'log_heads%'")
    })
  }
  owner.workspace.db.write((tx) => createTeam(tx, owner.workspace, 1, 'support@acme.test'))
  join(owner.workspace, admin.workspace, 'Ben', 'admin')
  join(owner.workspace, agent.workspace, 'Cleo')
  everybody()
})

function everybody(): void {
  for (const one of [owner, admin, agent]) one.time.now = now
  for (const one of [owner, admin, agent]) sendAll(one.workspace, server, Number.MAX_SAFE_INTEGER)
  for (const one of [owner, admin, agent]) receive(one.workspace, server, server.list(now + 1))
}
const grants = (console: Console) => listGrants(console.workspace, {}, () => 0)
function grant(console: Console, days: number): number {
  const identityId = addIdentity(console.workspace, {}, JSON.stringify(file.card), ana)
  return makeGrant(
    console.workspace,
    {},
    {
      identityId,
      kind: 'support',
      scope: 'full',
      mailboxIds: null,
      reason: 'Search skips subjects',
      reference: '',
      endsAt: console.workspace.clock.now() + days * day,
    },
    ana,
  )
}
/** What a patched program writes: past `record`, signed like everything else of its device. */
function craft(console: Console, kind: string, entity: string, payload: unknown): void {
  const { workspace } = console
  workspace.db.write((tx) => {
    workspace.team.closeBatch(tx)
    const seq =
      (tx.get<{ seq: number | null }>('SELECT max(seq) AS seq FROM team_batches WHERE device = ?', console.id)?.seq ??
        0) + 1
    tx.run("INSERT INTO team_batches(device, seq, seen, closed) VALUES(?, ?, '{}', 0)", console.id, seq)
    tx.run(
      'INSERT INTO team_events(device, seq, idx, kind, entity, ms, ctr, payload, standing) VALUES(?, ?, 0, ?, ?, ?, 0, ?, 0)',
      console.id,
      seq,
      kind,
      entity,
      now,
      JSON.stringify(payload),
    )
  })
}
const standingOf = (console: Console, entity: string): number[] =>
  console.workspace.db.read
    .all<{ standing: number }>('SELECT standing FROM team_events WHERE entity = ?', entity)
    .map(({ standing }) => standing)
const wish = (days: number) => ({
  card: file.card,
  kind: 'support',
  scope: 'full',
  mailboxes: null,
  reason: 'crafted',
  reference: '',
  grantedAt: now,
  endsAt: now + days * day,
})

test('a grant is told to every console, opens on its own only, and is ended from any console of an admin', () => {
  const id = grant(admin, 7)
  everybody()
  const [seen] = grants(owner)
  expect(seen).toMatchObject({
    state: 'live',
    grantedBy: 'Ben',
    elsewhere: { device: admin.id, name: 'Ben' },
    identity: { name: 'Idris Vaughan' },
  })
  expect(owner.workspace.db.read.all('SELECT id FROM support_identities WHERE removed = 0')).toEqual([])
  owner.workspace.db.write((tx) => endGrant(tx, owner.workspace, seen?.id ?? 0, ana, 'revoked'))
  everybody()
  expect(grantRow(admin.workspace.db.read, id)).toMatchObject({ ended_why: 'revoked' })
  expect(grants(admin)[0]?.state).toBe('revoked')
  expect(admin.workspace.db.read.get("SELECT count(*) AS n FROM access_log WHERE act = 'revoked'")).toEqual({ n: 1 })
})

test('a crafted event under the name of a grant of another console neither uses nor ends it, nor hides it from the team', () => {
  const id = grant(owner, 7)
  const { name } = grantRow(owner.workspace.db.read, id)
  const lie = `grant:${admin.id}.${name}`
  craft(admin, 'grant', lie, wish(7))
  craft(admin, 'grant-used', lie, { at: now })
  craft(admin, 'grant-end', lie, { why: 'ended' })
  // The third console hears of the lie first.
  sendAll(admin.workspace, server, Number.MAX_SAFE_INTEGER)
  receive(agent.workspace, server, server.list(now + 1))
  everybody()
  // Its first use is still to be told, and it ends with a line in the log only.
  expect(grantRow(owner.workspace.db.read, id)).toMatchObject({ first_used_at: null, ended_at: null })
  expect(grants(agent).find(({ elsewhere }) => elsewhere?.device === owner.id)).toMatchObject({
    state: 'live',
    firstUsedAt: null,
  })
})

test('a crafted event grants nobody 181 days, nor anything without the permission, nor in the name of another console (R54)', () => {
  const long = `grant:${admin.id}.crafted0001`
  craft(admin, 'grant', long, wish(181))
  craft(admin, 'grant', `grant:${owner.id}.crafted0002`, wish(7))
  const without = `grant:${agent.id}.crafted0003`
  craft(agent, 'grant', without, wish(7))
  craft(admin, 'grant', `grant:${admin.id}.crafted0004`, { ...wish(7), card: { ...file.card, name: 'Mallory' } })
  everybody()
  expect(standingOf(owner, long)).toEqual([2])
  expect(standingOf(owner, without)).toEqual([2])
  expect(grants(owner)).toEqual([])
  expect(() => grant(agent, 7)).toThrowError(expect.objectContaining({ code: 'not-allowed' }))
  expect(grants(agent)).toEqual([])
})

test('an agent cannot end a grant by a crafted event', () => {
  const id = grant(owner, 7)
  everybody()
  const { name } = grantRow(owner.workspace.db.read, id)
  craft(agent, 'grant-end', `grant:${owner.id}.${name}`, { why: 'revoked' })
  everybody()
  expect(grants(owner)[0]?.state).toBe('live')
  expect(grants(admin)[0]?.state).toBe('live')
})

test("a grant does not outlive its grantor's place in the roster, on any console", () => {
  const id = grant(admin, 30)
  everybody()
  const member =
    owner.workspace.db.read.get<{ member: string }>('SELECT member FROM team_devices WHERE device = ?', admin.id)
      ?.member ?? ''
  owner.workspace.db.write((tx) => cutOff(tx, owner.workspace, { member }))
  everybody()
  expect(grants(owner)[0]?.state).toBe('ended')
  expect(grants(admin)[0]?.state).toBe('ended')
  sweepGrants(admin.workspace, {})
  expect(grantRow(admin.workspace.db.read, id)).toMatchObject({ ended_why: 'grantor-left' })
})

test('a grant ends on every console at the same time without a word', () => {
  grant(owner, 1)
  everybody()
  now += day + 1000
  everybody()
  expect(grants(owner)[0]?.state).toBe('ended')
  expect(grants(admin)[0]?.state).toBe('ended')
})

test('heads are anchored with the team: a log that was cut or rewritten on one laptop contradicts the others (R58)', () => {
  // That Cleo came is its first.
  const last = admin.workspace.accessLog.head(admin.workspace.db.read).entries + 3
  expect(last).toBe(4)
  for (let n = 0; n < 3; n++) {
    admin.workspace.db.write((tx) => {
      admin.workspace.accessLog.append(tx, { who: ana, act: 'exported' })
      anchorHead(tx, admin.workspace)
    })
  }
  everybody()
  const mark = ownMark(admin.workspace.db.read, admin.id)
  expect(mark?.entries).toBe(last)
  expect(mark && admin.workspace.accessLog.passes(admin.workspace.db.read, mark)).toBe(true)
  expect(headFault(owner.workspace.db.read, owner.id)).toBeNull()
  // The last entry is cut, and the log goes on from there.
  admin.workspace.db.write((tx) => tx.run('DELETE FROM access_log WHERE seq = ?', last))
  expect(mark && admin.workspace.accessLog.passes(admin.workspace.db.read, mark)).toBe(false)
  admin.workspace.db.write((tx) =>
    admin.workspace.accessLog.append(tx, { who: { kind: 'agent', name: 'Mallory' }, act: 'exported' }),
  )
  expect(mark && admin.workspace.accessLog.passes(admin.workspace.db.read, mark)).toBe(false)
  // A patched program that tells the new head as if nothing had been.
  const { entries, hash } = admin.workspace.accessLog.head(admin.workspace.db.read)
  craft(admin, 'log-head', `access-log:${admin.id}`, { entries, hash })
  everybody()
  expect(headFault(owner.workspace.db.read, owner.id)).toMatchObject({ device: admin.id, entry: last, why: 'forked' })
  craft(admin, 'log-head', `access-log:${admin.id}`, { entries: 1, hash })
  everybody()
  expect(headFault(owner.workspace.db.read, owner.id)).toMatchObject({ device: admin.id })
  // What another device says of it counts for nothing.
  craft(agent, 'log-head', `access-log:${owner.id}`, { entries: 99, hash })
  everybody()
  expect(ownMark(owner.workspace.db.read, owner.id)).toBeNull()
})

test('migration 18 leaves grants that are there open on this console, and none can be moved to another', () => {
  const dir = tempFolder('migration')
  try {
    const key = randomBytes(32)
    const before = openAt(dir, key, 17)
    before.write((tx) => {
      tx.run("INSERT INTO support_identities(sign_key, card, added_at, added_by) VALUES('k', '{}', 1, 'x')")
      tx.run(
        "INSERT INTO grants(name, identity_id, kind, scope, reason, reference, granted_by, granted_at, ends_at) VALUES('g', 1, 'support', 'full', 'why', '', 'Ana', 1, 2)",
      )
    })
    before.close()
    const { database } = Database.open(dir, key, () => undefined)
    expect(database.read.all('SELECT name, device FROM grants')).toEqual([{ name: 'g', device: '' }])
    expect(() => database.write((tx) => tx.run("UPDATE grants SET device = 'other'"))).toThrow()
    database.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
