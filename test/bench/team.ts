/**
 * npm run bench:team [-- events perBatch]: what a team costs. Events recorded and sealed, bytes of a sealed event; and a console that
 * was away for all of them and catches up over a real Dovecot, its mail being there. Floors of the same run: the messages fetched and
 * thrown away; the signatures and ciphers alone.
 */
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBlob, readBlob, signedBy } from '../../src-main/crypto/blob'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { ImapSession } from '../../src-main/mail/sync/imap-session'
import { ImapCarrier } from '../../src-main/mail/team/team-imap'
import { teamMessage } from '../../src-main/mail/team/team-message'
import type { Reader } from '../../src-main/store/file/database'
import { entityOfMessage } from '../../src-main/store/team/anchors'
import { packItems } from '../../src-main/store/team/items'
import { nextPack, sealOwn, sent } from '../../src-main/store/team/outgoing'
import { createTeam } from '../../src-main/store/team/roster'
import { drawSnapshot, keepSnapshot } from '../../src-main/store/team/snapshot'
import { finish } from '../../src-main/store/team/snapshot-draw'
import { Workspace } from '../../src-main/store/workspace'
import { awaitRoster, enrol } from '../sim/team'
import { parsed } from '../store/helpers'
import { shared, TeamConsole } from '../store/team/consoles'
import { tempFolder } from '../servers/process.mjs'
import { packPage } from '../../src-main/shared/page-bytes'

const [events = 30_000, perBatch = 5] = process.argv.slice(2).map(Number)
const out = (name: string, value: number, unit: string, digits = 0): void =>
  void process.stdout.write(`figure team.${name} ${value.toFixed(digits)} ${unit}\n`)
const dirs: string[] = []
const make = (): Workspace => {
  const dir = tempFolder('bench-team')
  dirs.push(dir)
  return Workspace.open(dir, randomBytes(32), {
    device: newDeviceSecret(),
    mail: () => null,
    app: () => null,
    onCommit: () => undefined,
  }).workspace
}
// Not bundled: the servers' guard is a file beside them.
const { startDovecot, seedMaildir } = (await import(
  /* @vite-ignore */ pathToFileURL(path.resolve('test/servers/dovecot.mjs')).href
)) as typeof import('../servers/dovecot.mjs')
const dovecot = await startDovecot({ users: [shared], config: 'mail_max_userip_connections = 100\n' })
const ana = make()
ana.db.write((tx) => createTeam(tx, ana, 1, shared.name))
const ben = await TeamConsole.make('Ben', dovecot.port)
enrol(ana, ben.store.service.open.workspace, 'Ben')

const ids = Array.from({ length: events / 10 }, (_, n) => `bench${n}@acme.test`)
const conversations = ids.map((id) => entityOfMessage(id, new Uint8Array()))
const { folders } = await ben.store.mail.call('folders.sync', {
  mailboxId: ben.mailboxId,
  folders: [{ path: 'INBOX', delimiter: '/', role: 'inbox' as const }],
})
const folderId = folders[0]?.folderId ?? 0
await ben.store.mail.call('folder.reset', { folderId, uidValidity: '1' })
for (let n = 0; n < ids.length; n += 100) {
  const items = ids.slice(n, n + 100).map((id, at) => ({
    uid: n + at + 1,
    flags: [],
    internalDate: Date.now(),
    message: parsed({ from: `h${n + at}@x.test`, id, subject: `Bell ${n + at}` }),
  }))
  await ben.store.mail.call('ingest.page', {
    folderId,
    uidValidity: '1',
    ...packPage(items),
    cursor: {},
    backfill: true,
  })
}

const tags = Array.from({ length: 20 }, () => randomBytes(15).toString('base64url'))
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T
let started = performance.now()
for (let n = 0; n < events; n += perBatch) {
  ana.db.write((tx) => {
    for (let at = n; at < Math.min(events, n + perBatch); at++) {
      const entity = pick(conversations, at * 7)
      if (at % 3 === 0) ana.team.record(tx, { kind: 'tag', entity, payload: { tag: pick(tags, at), on: true } })
      else if (at % 3 === 1)
        ana.team.record(tx, { kind: 'status', entity, payload: { status: 'closed', basis: pick(conversations, at) } })
      else ana.team.record(tx, { kind: 'assign', entity, payload: { to: { member: pick(tags, at) } } })
    }
    ana.team.closeBatch(tx)
  }, 'normal')
}
out('record', ((performance.now() - started) * 1000) / events, 'us/event', 1)

started = performance.now()
ana.db.write((tx) => sealOwn(tx, ana))
out('seal', ((performance.now() - started) * 1000) / events, 'us/event', 1)

const blobs = ana.db.read
  .all<{ bytes: Buffer }>("SELECT bytes FROM team_blobs WHERE kind = 'log' ORDER BY seq")
  .map(({ bytes }) => bytes)
const plain = blobs
  .map((bytes) => readBlob(bytes))
  .map(({ ciphertext, header }) => ({ header: header.byteLength, cipher: ciphertext.byteLength }))
const key = ana.db.read.get<{ key: Buffer }>('SELECT key FROM team_keys')?.key ?? Buffer.alloc(32)
const { deflateRawSync } = await import('node:zlib')
const { toCbor } = await import('../../src-main/crypto/blob')
const unpadded = blobs.slice(0, 500).map((bytes) => {
  const blob = readBlob(bytes)
  return 64 + 2 + blob.header.byteLength + 16 + 4 + deflateRawSync(toCbor(openBlob(blob, key)), { level: 9 }).byteLength
})
out(`bytes-sealed-${perBatch}`, unpadded.reduce((sum, n) => sum + n, 0) / unpadded.length / perBatch, 'B/event', 1)
out(
  `bytes-filled-up-${perBatch}`,
  plain.reduce((sum, { header, cipher }) => sum + 66 + header + cipher, 0) / events,
  'B/event',
  1,
)

started = performance.now()
for (const bytes of blobs) {
  const blob = readBlob(bytes)
  if (!signedBy(blob, ana.device.signKey)) throw new Error('not signed')
  openBlob(blob, key)
}
out('floor-open', performance.now() - started, 'ms')

// ---- another console of the team, away for all of this, over a real Dovecot: one message a blob, its mail is there
const records = ana.db.read.all<{ bytes: Buffer }>("SELECT bytes FROM team_blobs WHERE kind = 'roster' ORDER BY seq")
const items = [
  packItems(records.map(({ bytes }) => ({ kind: 'roster' as const, bytes }))),
  ...blobs.map((bytes) => packItems([{ kind: 'log', bytes }])),
]
seedMaildir(
  dovecot.maildirOf(shared.name),
  items.map((pack) => ({ raw: teamMessage(shared.name, pack, new Date()), folder: 'Postern', flags: ['\\Seen'] })),
)

const session = await ImapSession.open(
  { host: '127.0.0.1', port: dovecot.port, security: 'none', user: shared.name },
  { user: shared.name, password: shared.password },
  true,
)
const carrier = await ImapCarrier.open(session, shared.name)
started = performance.now()
let fetched = 0
const lying = await carrier.list()
const { generation } = carrier
for await (const { pack } of carrier.fetch(lying)) fetched += pack.byteLength
out('floor-fetch', performance.now() - started, 'ms')
await carrier.close()

ben.store.db.write((tx) => awaitRoster(tx, ana, ben.mailboxId))
await ben.disconnect()
const [before, cpuBefore] = [performance.now(), process.cpuUsage()]
ben.connect()
const caughtUp = (): boolean =>
  (ben.store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM team_events WHERE standing = 0')?.n ?? 0) ===
    events && !ben.store.db.read.get('SELECT 1 FROM team_stale')
let longest = 0
for (let last = performance.now(); !caughtUp(); last = performance.now()) {
  await new Promise((resolve) => setTimeout(resolve, 5))
  longest = Math.max(longest, performance.now() - last - 5)
}
const took = performance.now() - before
const cpu = process.cpuUsage(cpuBefore)
out('caught-up-messages', items.length, 'messages')
out('caught-up-bytes', fetched, 'B')
out('catch-up', took / 1000, 's', 2)
out('catch-up-cpu', (cpu.user + cpu.system) / 1e6, 's', 2)
out('catch-up-longest-step', longest, 'ms')
const same = (read: Reader): string =>
  JSON.stringify(
    read.all(
      "SELECT owner, field, element, rank, value FROM team_state WHERE owner NOT LIKE 'snapshot:%' ORDER BY owner, field, element, rank",
    ),
  )
out('same-state', same(ana.db.read) === same(ben.store.db.read) ? 1 : 0, 'of 1')

// ---- a console that is new, once the owner's has summed up
// All that was seeded lies on the server.
ana.db.write((tx) => tx.run('UPDATE team_blobs SET send_at = NULL'))
const drawStarted = performance.now()
const drawn = finish(drawSnapshot(ana))
out('snapshot-draw', performance.now() - drawStarted, 'ms')
if (drawn) ana.db.write((tx) => keepSnapshot(tx, ana, drawn, generation, lying))
let summaryBytes = 0
for (let next = nextPack(ana.db.read, Date.now()); next; next = nextPack(ana.db.read, Date.now())) {
  const { pack, hashes, summary } = next
  summaryBytes += pack.byteLength
  ana.db.write((tx) => sent(tx, hashes, generation, null))
  seedMaildir(dovecot.maildirOf(shared.name), [
    { raw: teamMessage(shared.name, pack, new Date(), summary), folder: 'Postern', flags: ['\\Seen'] },
  ])
}
await ben.disconnect()
ben.store.db.write((tx) => {
  for (const table of [
    'team_blobs',
    'team_places',
    'team_events',
    'team_batches',
    'team_frontier',
    'team_state',
    'team_rosters',
    'team_devices',
    'team_members',
    'team_keys',
    'team_info',
  ])
    tx.run(`DELETE FROM ${table}`)
  awaitRoster(tx, ana, ben.mailboxId)
})
const newStarted = performance.now()
ben.connect()
while (same(ana.db.read) !== same(ben.store.db.read)) await new Promise((resolve) => setTimeout(resolve, 100))
out('new-console', (performance.now() - newStarted) / 1000, 's', 2)
out('new-console-bytes', summaryBytes, 'B')
out('new-console-blobs', ben.logBlobs(), 'of ' + String(blobs.length))
const right = same(ana.db.read) === same(ben.store.db.read)
await ben.stop()
await dovecot.stop()
ana.db.close()
for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
process.exit(right && fetched > 0 ? 0 : 1)
