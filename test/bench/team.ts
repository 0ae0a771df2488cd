/**
 * npm run bench:team: what a team costs on the store alone. Another console's 30,000 events caught up (verified, opened, applied), bytes of
 * a sealed event, events recorded. The floor in the same run: the signatures and ciphers alone, without a store.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openBlob, readBlob, signedBy } from '../../src-main/crypto/blob'
import { newDeviceSecret } from '../../src-main/crypto/device-keys'
import { applyWaiting, arrived, nextPack, sealOwn, sent, unpackItems, type Arrived } from '../../src-main/store/team/exchange'
import { addDevice, createTeam } from '../../src-main/store/team/roster'
import { Workspace } from '../../src-main/store/workspace'

const [events = 30_000, perBatch = 5] = process.argv.slice(2).map(Number)
const out = (name: string, value: number, unit: string, digits = 0): void => void process.stdout.write(`figure team.${name} ${value.toFixed(digits)} ${unit}\n`)
const dirs: string[] = []
const make = (): Workspace => {
  const dir = mkdtempSync(path.join(tmpdir(), 'postern-bench-team-'))
  dirs.push(dir)
  return Workspace.open(dir, randomBytes(32), { device: newDeviceSecret(), mail: () => null, app: () => null, onCommit: () => undefined }).workspace
}
const [ana, ben] = [make(), make()]
ana.db.write((tx) => createTeam(tx, ana, 1, 'support@acme.test'))
ana.db.write((tx) => addDevice(tx, ana, { name: 'Ben', address: 'support@acme.test', role: 'agent', permissions: [], signKey: ben.device.signKey, sealKey: ben.device.sealKey, deviceName: '' }))
ben.db.write((tx) => tx.run("INSERT INTO team_info(key, value) VALUES('team', ?)", JSON.stringify({ team: '', trust: ana.device.id, membership: 'joining', mailboxId: 1 })))

const conversations = Array.from({ length: events / 10 }, () => `c:${randomBytes(16).toString('base64url')}`)
const tags = Array.from({ length: 20 }, () => randomBytes(15).toString('base64url'))
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T
let started = performance.now()
for (let n = 0; n < events; n += perBatch) {
  ana.db.write((tx) => {
    for (let at = n; at < Math.min(events, n + perBatch); at++) {
      const entity = pick(conversations, at * 7)
      if (at % 3 === 0) ana.team.record(tx, { kind: 'tag', entity, payload: { tag: pick(tags, at), on: true } })
      else if (at % 3 === 1) ana.team.record(tx, { kind: 'status', entity, payload: { status: 'closed', basis: pick(conversations, at) } })
      else ana.team.record(tx, { kind: 'assign', entity, payload: { to: { member: pick(tags, at) } } })
    }
    ana.team.closeBatch(tx)
  }, 'normal')
}
out('record', (performance.now() - started) * 1000 / events, 'us/event', 1)

started = performance.now()
ana.db.write((tx) => sealOwn(tx, ana))
out('seal', (performance.now() - started) * 1000 / events, 'us/event', 1)

const messages: Arrived[] = []
for (;;) {
  const next = nextPack(ana.db.read, Date.now())
  if (!next) break
  messages.push({ place: String(messages.length + 1), pack: next.pack })
  ana.db.write((tx) => sent(tx, next.hashes, 'g', String(messages.length)), 'normal')
}
const blobs = messages.flatMap(({ pack }) => unpackItems(pack)).filter(({ kind }) => kind === 'log').map(({ bytes }) => bytes)
const plain = blobs.map((bytes) => readBlob(bytes)).map(({ ciphertext, header }) => ({ header: header.byteLength, cipher: ciphertext.byteLength }))
const key = ana.db.read.get<{ key: Buffer }>('SELECT key FROM team_keys')?.key ?? Buffer.alloc(32)
const { deflateRawSync } = await import('node:zlib')
const { toCbor } = await import('../../src-main/crypto/blob')
const unpadded = blobs.slice(0, 500).map((bytes) => {
  const blob = readBlob(bytes)
  return 64 + 2 + blob.header.byteLength + 16 + 4 + deflateRawSync(toCbor(openBlob(blob, key)), { level: 9 }).byteLength
})
out(`bytes-sealed-${perBatch}`, unpadded.reduce((sum, n) => sum + n, 0) / unpadded.length / perBatch, 'B/event', 1)
out(`bytes-filled-up-${perBatch}`, plain.reduce((sum, { header, cipher }) => sum + 66 + header + cipher, 0) / events, 'B/event', 1)
out('messages', messages.length, 'messages')

started = performance.now()
for (const bytes of blobs) {
  const blob = readBlob(bytes)
  if (!signedBy(blob, ana.device.signKey)) throw new Error('not signed')
  openBlob(blob, key)
}
out('floor-open', performance.now() - started, 'ms')

started = performance.now()
for (const message of messages) ben.db.write((tx) => arrived(tx, ben, 'g', [message]))
ben.db.write((tx) => applyWaiting(tx, ben))
const took = performance.now() - started
const count = ben.db.read.get<{ n: number }>('SELECT count(*) AS n FROM team_events WHERE standing = 0')?.n ?? 0
const same = (workspace: Workspace): string => JSON.stringify(workspace.db.read.all('SELECT owner, field, element, rank, value FROM team_state ORDER BY owner, field, element, rank'))
out('caught-up-events', count, 'events')
out('catch-up', took / 1000, 's', 2)
out('same-state', same(ana) === same(ben) ? 1 : 0, 'of 1')
for (const workspace of [ana, ben]) workspace.db.close()
for (const dir of dirs) rmSync(dir, { recursive: true, force: true })
process.exit(count === events ? 0 : 1)
