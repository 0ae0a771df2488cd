/**
 * npm run bench:team-link [-- changes races]: how long until another console has a change, over a real Dovecot, against the floor of
 * the same run (a message appended until an idling session is told); and races for a claim, one winner each.
 */
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ImapSession } from '../../src-main/mail/sync/imap-session'
import { ImapCarrier } from '../../src-main/mail/team/team-imap'
import { shared, TeamConsole } from '../store/team/consoles'

const [changes = 40, races = 500] = process.argv.slice(2).map(Number)
const out = (name: string, value: number, unit: string, digits = 0): void =>
  void process.stdout.write(`figure team-link.${name} ${value.toFixed(digits)} ${unit}\n`)
const at = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0
const until = async (check: () => boolean | Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 2)))
    if (await check()) return
  throw new Error('waited too long')
}
// Not bundled: the server's guard is a file beside it.
const { startDovecot } = (await import(
  /* @vite-ignore */ pathToFileURL(path.resolve('test/servers/dovecot.mjs')).href
)) as typeof import('../servers/dovecot.mjs')
const dovecot = await startDovecot({ users: [shared], config: 'mail_max_userip_connections = 100\n' })
const carrier = async (): Promise<ImapCarrier> =>
  ImapCarrier.open(
    await ImapSession.open(
      { host: '127.0.0.1', port: dovecot.port, security: 'none', user: shared.name },
      { user: shared.name, password: shared.password },
      true,
    ),
    shared.name,
  )

const [ana, ben] = [await TeamConsole.make('Ana', dovecot.port), await TeamConsole.make('Ben', dovecot.port)]
await ana.store.call('team.create', { mailboxId: ana.mailboxId })
const { id, code } = await ana.store.call('team.invite', { name: 'Ben', role: 'agent' })
await ben.store.call('team.join', { code, mailboxId: ben.mailboxId })
await until(async () => (await ana.state()).invites[0]?.state === 'asked')
await ana.store.call('team.approve', { id })
await until(async () => (await ben.state()).membership === 'member')

const [one, two] = [await carrier(), await carrier()]
const floor: number[] = []
let told = 0
two.onChange(() => {
  told = performance.now()
})
for (let n = 0; n < changes; n++) {
  await new Promise((resolve) => setTimeout(resolve, 300))
  const before = performance.now()
  told = 0
  await one.append(Buffer.from('PSTC 1 floor nobody'))
  await until(() => told > before)
  floor.push(told - before)
}
await Promise.all([one.close(), two.close()])

const taken: number[] = []
const seen = (tag: string): boolean =>
  ben.store.db.read.get('SELECT 1 FROM team_state WHERE element = ?', tag) !== undefined
for (let n = 0; n < changes; n++) {
  await new Promise((resolve) => setTimeout(resolve, 300))
  const tag = `tagtagtag${String(n).padStart(4, '0')}`
  const before = performance.now()
  ana.tag('c:AAAAAAAAAAAAAAAAAAAAAA', tag)
  await until(() => seen(tag))
  taken.push(performance.now() - before)
}
await Promise.all([ana.stop(), ben.stop()])
out('floor-idle-p50', at(floor, 0.5), 'ms')
out('floor-idle-p95', at(floor, 0.95), 'ms')
out('change-p50', at(taken, 0.5), 'ms')
out('change-p95', at(taken, 0.95), 'ms')

const racers = await Promise.all(Array.from({ length: 3 }, carrier))
let single = 0
const claims: number[] = []
for (let race = 0; race < races; race++) {
  const before = performance.now()
  const results = await Promise.all(racers.map((racer, who) => racer.claim(`race${race}`, `device${who}`, 60_000)))
  claims.push(performance.now() - before)
  if (results.filter(({ won }) => won).length === 1) single++
}
await Promise.all(racers.map((racer) => racer.close()))
await dovecot.stop()
out('races-with-one-winner', single, `of ${races}`)
out('claim-p50', at(claims, 0.5), 'ms')
out('claim-p95', at(claims, 0.95), 'ms')
process.exit(single === races ? 0 : 1)
