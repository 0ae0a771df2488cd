import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { ImapCarrier } from '../../../src-main/mail/team/team-imap'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startSmtpSink } from '../../servers/smtp-sink.mjs'
import { Harness } from '../../store/helpers'
import { tempFolder } from '../../servers/process.mjs'
import { itemInOutbox, mailboxFor, outboxDesk, queueOne, stateOfOutbox } from './outbox-desk'
import { mailboxAt, queue, run, serverAt, untilIdle, user, waitFor } from '../harness'
import { inSlice, isSweeping, sliceName } from '../../sweep'

const root = path.join(import.meta.dirname, '../../..')
const built = path.join(root, 'node_modules/.cache/test-send')
/** `npm run sweep:send` sets this: every byte and every call instead of a few. */
const whole = isSweeping('send')
const key = randomBytes(32)
const device = newDeviceSecret()

let sink: Awaited<ReturnType<typeof startSmtpSink>>
/** Takes a message by DATA only, where one never knows how much of it the server has. */
let plainSink: typeof sink
let template: string
beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, 'send-child.ts'),
      outDir: built,
      emptyOutDir: false,
      target: 'node22',
      rollupOptions: {
        external: ['better-sqlite3-multiple-ciphers', 'imapflow', 'nodemailer', 'vitest'],
        output: { entryFileNames: 'send-child.mjs' },
      },
    },
  })
  ;[sink, plainSink] = await Promise.all([startSmtpSink(), startSmtpSink({ chunking: false })])
  template = tempFolder('send')
  mkdirSync(path.join(template, 'store'))
  const harness = await made(path.join(template, 'store'))
  harness.service.closeStore()
})
afterAll(async () => {
  await Promise.all([sink.stop(), plainSink.stop()])
  rmSync(template, { recursive: true, force: true })
})

async function made(dir: string, port = sink.port): Promise<Harness> {
  const harness = await Harness.make(dir, key, device)
  await harness.app.call('mailbox.create', { settings: mailboxFor(port) })
  await harness.call('settings.set', { undoSeconds: 0 })
  // Many messages a minute: the limits of providers are another test's matter.
  harness.limit(1, {})
  return harness
}
const deliveriesOf = (messageId: string, at = sink): number =>
  at.deliveries().filter(({ text }) => text.includes(`Message-ID: <${messageId}>`)).length

class Tally {
  points = 0
  delivered = 0
  lost = 0
  doubled = 0
  asked = 0
  /** Asked about though it had not left: killed or cut in the moment before. */
  askedUnsent = 0
  count(state: string, deliveries: number): void {
    this.points += 1
    this.delivered += Math.min(1, deliveries)
    if (deliveries > 1) this.doubled += 1
    if (state === 'uncertain') {
      this.asked += 1
      if (deliveries === 0) this.askedUnsent += 1
    }
    // It says that it left, and nobody has it; or it neither left nor says so.
    else if (deliveries === 0 || state !== 'sent') this.lost += 1
  }
  print(name: string): void {
    for (const [what, value, unit] of [
      ['points', this.points, 'points'],
      ['delivered', this.delivered, 'messages'],
      ['lost', this.lost, 'messages'],
      ['doubled', this.doubled, 'messages'],
      ['asked', this.asked, 'messages'],
      ['asked-unsent', this.askedUnsent, 'messages'],
    ] as const)
      console.log(`figure send.${name}-${what} ${value} ${unit}`)
  }
}

describe('a message leaves at most once and is never lost (R40)', () => {
  test.each(['cut', 'cut-data'] as const)(
    'cut at every byte of the dialogue, in both directions (%s)',
    async (name) => {
      const server = name === 'cut' ? sink : plainSink
      const dir = tempFolder('cut')
      const harness = await made(dir, server.port)
      const proxy = await startCutProxy({ port: server.port })
      const sender = outboxDesk(harness, proxy.port)
      sender.start()
      const settled = async (id: number, states: readonly string[]): Promise<string> => {
        await waitFor(
          () =>
            states.includes(itemInOutbox(harness, id)?.state ?? '') ||
            (states.includes('retry') && itemInOutbox(harness, id)?.error !== null),
        )
        return itemInOutbox(harness, id)?.state ?? ''
      }
      const sizes = { toServer: 0, toClient: 0 }
      const probe = await queueOne(harness, 'probe')
      sender.wake()
      await settled(probe, ['sent'])
      await waitFor(() => proxy.counters().open === 0)
      Object.assign(sizes, { toServer: proxy.counters().toServer, toClient: proxy.counters().toClient })
      const tally = new Tally()
      for (const direction of ['toClient', 'toServer'] as const) {
        const step = whole ? 1 : Math.ceil(sizes[direction] / 8)
        for (const at of inSlice(
          Array.from({ length: Math.ceil((sizes[direction] - 1) / step) }, (_, n) => 1 + n * step),
        )) {
          server.clearDeliveries()
          const id = await queueOne(harness, `cut ${direction} ${at}`)
          proxy.cutAfterBytes(at, direction)
          sender.wake()
          let state = await settled(id, ['sent', 'uncertain', 'failed', 'retry'])
          await proxy.restore()
          if (state === 'queued' || state === 'sending') {
            sender.wake()
            state = await settled(id, ['sent', 'uncertain', 'failed'])
          }
          await waitFor(() => proxy.counters().open === 0)
          tally.count(state, deliveriesOf(itemInOutbox(harness, id)?.message_id ?? '?', server))
          // A person decides; not this test's matter.
          if (state === 'uncertain') await harness.call('outbox.decide', { id, decision: 'arrived' })
        }
      }
      await sender.stop()
      await proxy.stop()
      await harness.stop()
      tally.print(name)
      expect(tally).toMatchObject({ lost: 0, doubled: 0 })
      expect(tally.points).toBeGreaterThan(10)
      // In doubt is what broke after the end had been handed to the system and before the code of its answer came.
      expect(tally.delivered + tally.asked).toBeGreaterThanOrEqual(tally.points)
      expect(tally.asked).toBeLessThan(9)
    },
    whole ? 3_600_000 : undefined,
  )

  test.skipIf(!existsSync('/usr/bin/strace'))(
    'killed at every system call that writes, syncs or sends (skipped without strace)',
    async () => {
      const calls = ['pwrite64', 'fdatasync', 'fsync', 'writev', 'sendto', 'write', 'unlink']
      const run = async (dir: string, how: readonly string[]): Promise<string[]> => {
        const program = [
          process.execPath,
          path.join(built, 'send-child.mjs'),
          path.join(dir, 'store'),
          key.toString('hex'),
          Buffer.from(device).toString('hex'),
          String(sink.port),
        ]
        const [command = '', ...rest] = how.length === 0 ? program : ['strace', '-f', '-qq', ...how, ...program]
        const child = spawn(command, rest, {
          env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
          stdio: ['ignore', 'pipe', 'ignore'],
        })
        let text = ''
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString()
        })
        await new Promise<void>((resolve) => child.once('close', () => resolve()))
        return text.split('\n').filter(Boolean)
      }
      const copy = (): string => {
        const dir = tempFolder('kill')
        cpSync(template, dir, { recursive: true })
        return dir
      }
      // How often the main thread makes each call.
      const first = copy()
      const said = await run(first, ['-e', `trace=${calls.join(',')}`, '-o', path.join(first, 'trace')])
      expect(said.at(-1)).toBe('end sent')
      const lines = readFileSync(path.join(first, 'trace'), 'utf8').split('\n')
      const main = lines[0]?.split(' ')[0] ?? ''
      const counts = calls.map(
        (name) => [name, lines.filter((line) => line.startsWith(main) && line.includes(` ${name}(`)).length] as const,
      )
      rmSync(first, { recursive: true, force: true })
      const points = counts.flatMap(([name, n]) => Array.from({ length: n }, (_, at) => [name, at + 1] as const))
      const chosen = whole ? inSlice(points) : points.filter((_, index) => index % Math.ceil(points.length / 4) === 5)
      const tally = new Tally()
      for (const [name, at] of chosen) {
        sink.clearDeliveries()
        const dir = copy()
        const before = await run(dir, [
          '-e',
          `inject=${name}:signal=SIGKILL:when=${at}`,
          '-e',
          `trace=${name}`,
          '-o',
          '/dev/null',
        ])
        const acknowledged = before.some((line) => line.startsWith('queued'))
        const found = await Harness.make(path.join(dir, 'store'), key, device)
        const there = stateOfOutbox(found) !== 'none'
        const ended = found.db.read.get<{ ending: number }>('SELECT ending FROM outbox')?.ending === 1
        found.service.closeStore()
        expect(there || !acknowledged, `${name} ${at}: acknowledged and not there (R39)`).toBe(true)
        if (there) {
          const after = await run(dir, [])
          const harness = await Harness.make(path.join(dir, 'store'), key, device)
          const item = harness.db.read.get<{ message_id: string }>('SELECT message_id FROM outbox')
          const state = after.at(-1)?.split(' ')[1] ?? ''
          tally.count(state, deliveriesOf(item?.message_id ?? '?'))
          // Whose end nobody was about to hand over is sent without a question.
          if (!ended) expect(state, `${name} ${at}`).toBe('sent')
          harness.service.closeStore()
        } else expect(sink.deliveries()).toHaveLength(0)
        rmSync(dir, { recursive: true, force: true })
      }
      tally.print('kill')
      expect(tally).toMatchObject({ lost: 0, doubled: 0 })
    },
    whole ? 7_200_000 : undefined,
  )
})

test('two windows send one draft at the same time: one message each (R41)', async () => {
  const harness = await made(tempFolder('race'))
  const races = inSlice(Array.from({ length: whole ? 1000 : 20 }, (_, n) => n)).length
  let accepted = 0
  for (let n = 0; n < races; n++) {
    const draft = await harness.call('drafts.start', {
      kind: 'new',
      conversationId: null,
      messageId: null,
      mailboxId: 1,
    })
    await harness.call('drafts.save', { ...draft, to: [{ name: '', address: 'c@x.test' }], text: 'x' })
    const both = await Promise.allSettled(
      [0, 1].map(() => harness.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })),
    )
    accepted += both.filter(({ status }) => status === 'fulfilled').length
  }
  expect(accepted).toBe(races)
  expect(harness.db.read.get('SELECT count(*) AS n FROM outbox')).toEqual({ n: races })
  console.log(`figure send.races ${races} races`)
  console.log(`figure send.race-sends ${accepted} messages`)
  await harness.stop()
}, 600_000)

test(
  'two devices answer one message at the same moment: one of the answers leaves (R41)',
  async () => {
    const dovecot = await startDovecot({ users: [user] })
    const carriers = await Promise.all(
      [0, 1].map(async () =>
        ImapCarrier.open(
          await ImapSession.open(serverAt(dovecot.port), { user: user.name, password: user.password }, true),
          user.name,
        ),
      ),
    )
    const devices = carriers.map((carrier, n) =>
      run(mailboxAt(serverAt(dovecot.port), serverAt(sink.port)), undefined, undefined, (claimed) =>
        carrier.claim(claimed, `device${n}`, 90_000),
      ),
    )
    const races = inSlice(Array.from({ length: whole ? 1000 : 5 }, (_, n) => n)).length
    let [sent, stopped] = [0, 0]
    try {
      await Promise.all(devices.map(({ store }) => untilIdle(store)))
      for (const { sender } of devices) sender.start()
      for (let n = 0; n < races; n++) {
        sink.clearDeliveries()
        const ids = devices.map(({ store }) => queue(store, { inReplyTo: `asked-${sliceName}-${n}@customer.test` }))
        for (const { sender } of devices) sender.wake()
        const ends = await Promise.all(
          devices.map(({ store }, at) => waitFor(() => store.outbox.find(({ job }) => job.id === ids[at])?.outcome)),
        )
        sent += sink.deliveries().length
        stopped += ends.filter(({ error }) => error?.code === 'claimed').length
      }
    } finally {
      await Promise.all([...devices.map((one) => one.stop()), ...carriers.map((carrier) => carrier.close())])
      await dovecot.stop()
    }
    console.log(`figure send.device-races ${races} races`)
    console.log(`figure send.device-race-sends ${sent} messages`)
    expect({ sent, stopped }).toEqual({ sent: races, stopped: races })
  },
  whole ? 1_200_000 : undefined,
)
