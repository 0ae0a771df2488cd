import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { hostname } from 'node:os'
import PostalMime from 'postal-mime'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { compose } from '../../../src-main/mail/send/compose'
import { Putter } from '../../../src-main/mail/send/putter'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { SyncConnections } from '../../../src-main/mail/sync/sync-connections'
import { ImapCarrier } from '../../../src-main/mail/team/team-imap'
import { startDovecot } from '../../servers/dovecot.mjs'
import { canRunPostfix, startPostfix } from '../../servers/postfix.mjs'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import {
  inlineParser,
  mailboxAt,
  queue,
  run,
  seed,
  serverAt,
  serverDigest,
  untilIdle,
  user,
  waitFor,
  type Dovecot,
  type Running,
} from '../harness'
import { RealStore } from '../real-store'
import { queueOne } from './outbox-desk'

let dovecot: Dovecot
let postfix: Awaited<ReturnType<typeof startPostfix>>
let running: Running[] = []

beforeAll(async () => {
  dovecot = await startDovecot({ users: [user] })
  seed(dovecot, 3)
  postfix = await startPostfix({
    sasl: { dovecotAuthSocket: dovecot.authSocket },
    settings: {
      smtpd_recipient_limit: '3000',
      smtpd_recipient_restrictions:
        'check_recipient_access inline:{{nobody@customer.test = 550 5.1.1 no such person}, {later@customer.test = 450 4.2.0 come back later}}, permit_sasl_authenticated, reject',
      message_size_limit: '60000000',
    },
  })
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
  postfix.clearDeliveries()
})
afterAll(async () => {
  await postfix.stop()
  await dovecot.stop()
})

async function started(
  smtpPort = postfix.port,
  claim?: (key: string) => Promise<{ won: boolean } | null>,
): Promise<Running> {
  const one = run(mailboxAt(serverAt(dovecot.port), serverAt(smtpPort)), undefined, undefined, claim)
  running.push(one)
  await untilIdle(one.store)
  one.sender.start()
  return one
}
const outcome = async (one: Running, id: number, ms = 60_000) =>
  waitFor(() => one.store.outbox.find((entry) => entry.job.id === id)?.outcome, { ms })

describe.skipIf(!canRunPostfix())('sending through Postfix', () => {
  test('a reply leaves with right headers, nothing of this machine, and exactly one Sent copy (R42)', async () => {
    const one = await started()
    const id = queue(one.store, {
      cc: [{ name: '', address: 'cc@customer.test' }],
      bcc: [{ name: 'Secret', address: 'boss@acme.test' }],
      quote: 'On Monday Anna wrote:\nWhere is it?',
    })
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'sent', refused: [] })
    const [delivery] = await postfix.waitForDeliveries(1)
    expect(delivery?.recipients.toSorted()).toEqual(['anna@customer.test', 'boss@acme.test', 'cc@customer.test'])
    const mail = await PostalMime.parse(delivery?.raw ?? '')
    const { job } = one.store.outbox[0] ?? {}
    expect(mail).toMatchObject({
      subject: 'Re: Größe',
      messageId: `<${job?.messageId}>`,
      inReplyTo: '<first@customer.test>',
      references: '<root@customer.test> <first@customer.test>',
      date: '2026-11-22T09:30:00.000Z',
    })
    expect(mail.text).toContain('> Where is it?')
    // Below what the server put on top.
    const own = (delivery?.text ?? '').replace(/^Received:.*\n(?:[ \t].*\n)*/, '')
    expect(own).toMatch(/^X-Postern-Id: p-/im)
    for (const leak of [
      /boss@/,
      /Secret/,
      /^X-Mailer/im,
      /^User-Agent/im,
      /nodemailer/i,
      /^Received/im,
      new RegExp(process.cwd()),
      /localhost/,
    ])
      expect(own).not.toMatch(leak)
    if (hostname() !== 'localhost') expect(own).not.toContain(hostname())
    await waitFor(() => one.store.folder('Sent').messages.size >= 1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(
      serverDigest(dovecot, ['Sent'])['Sent']?.filter((line) => line.includes(job?.messageId ?? '?')),
    ).toHaveLength(1)
    expect([...one.store.folder('Sent').messages.values()].at(-1)).toMatchObject({
      flags: ['\\Seen'],
      message: { posternId: job?.posternId },
    })
  })

  test('a connection that is being made when the network changes, and leads nowhere, does not hold up what waits', async () => {
    // The first one gets no answer at all, not even a greeting.
    let dead: Socket | null = null
    const port = createServer((socket) => {
      socket.on('error', () => undefined)
      if (dead === null) dead = socket
      else socket.pipe(connect(postfix.port, '127.0.0.1').on('error', () => socket.destroy())).pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(port, 'listening')
    const address = port.address()
    const one = await started(typeof address === 'object' && address ? address.port : 0)
    const id = queue(one.store)
    one.sender.wake()
    await waitFor(() => dead !== null)
    one.sender.networkChanged()
    const [entry] = one.store.outbox.filter(({ job }) => job.id === id)
    await waitFor(() => entry?.outcome?.state === 'sent')
    await postfix.waitForDeliveries(1)
    port.close()
  })

  test('mail of an alias leaves through the other account with the alias in From and envelope, and its copy lies in Sent of the mailbox that was written to', async () => {
    const one = run(mailboxAt(serverAt(dovecot.port)))
    running.push(one)
    one.store.mailboxes.push({ ...mailboxAt(serverAt(1), serverAt(postfix.port)), id: 2, address: 'out@acme.test' })
    await untilIdle(one.store)
    one.sender.start()
    const id = queue(one.store, {
      throughId: 2,
      from: { name: 'Tom, Acme Returns', address: 'returns@acme.test' },
      text: 'Yes.',
      html: '<div>Yes.</div>',
      signature: { html: '<div><b>Tom</b> &amp; team</div>', text: 'Tom & team' },
    })
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'sent' })
    const [delivery] = await postfix.waitForDeliveries(1)
    expect(delivery?.sender).toBe('returns@acme.test')
    const mail = await PostalMime.parse(delivery?.raw ?? '')
    expect(mail).toMatchObject({
      from: { name: 'Tom, Acme Returns', address: 'returns@acme.test' },
      text: expect.stringMatching(/^Yes\.\n\nTom & team\n/),
      html: expect.stringContaining('<div class="signature"><div><b>Tom</b> &amp; team</div></div>'),
    })
    expect(delivery?.text).not.toMatch(/out@acme\.test/i)
    await waitFor(() =>
      serverDigest(dovecot, ['Sent'])['Sent']?.some((line) => line.includes(one.store.outbox[0]?.job.messageId ?? '?')),
    )
  })

  test('of two consoles that answer one message at the same moment one stops before sending (R41)', async () => {
    const carriers = await Promise.all(
      [0, 1].map(async () =>
        ImapCarrier.open(
          await ImapSession.open(serverAt(dovecot.port), { user: user.name, password: user.password }, true),
          user.name,
        ),
      ),
    )
    try {
      const consoles = await Promise.all(
        carriers.map((carrier, n) => started(postfix.port, (key) => carrier.claim(key, `device${n}`, 90_000))),
      )
      const ids = consoles.map((one) => queue(one.store, { inReplyTo: 'asked-once@customer.test' }))
      for (const one of consoles) one.sender.wake()
      const outcomes = await Promise.all(consoles.map((one, n) => outcome(one, ids[n] ?? 0)))
      expect(outcomes.map((one) => one?.error?.code ?? one?.state).toSorted()).toEqual(['claimed', 'sent'])
      await postfix.waitForDeliveries(1)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await postfix.waitForDeliveries(1)).toHaveLength(1)
    } finally {
      await Promise.all(carriers.map((carrier) => carrier.close()))
    }
  })

  test("a refused recipient is told with the server's line and not tried again", async () => {
    const one = await started()
    const id = queue(one.store, { to: [{ name: '', address: 'nobody@customer.test' }] })
    one.sender.wake()
    const told = await outcome(one, id)
    expect(told).toMatchObject({
      state: 'failed',
      error: { code: 'recipient-refused' },
      refused: ['nobody@customer.test'],
    })
    expect(told.serverLine).toContain('550 5.1.1')
    expect(postfix.deliveries()).toHaveLength(0)
  })

  test('one refused recipient does not keep the others from getting it', async () => {
    const one = await started()
    const id = queue(one.store, {
      to: [
        { name: '', address: 'nobody@customer.test' },
        { name: '', address: 'good@customer.test' },
      ],
    })
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'sent', refused: ['nobody@customer.test'] })
    expect((await postfix.waitForDeliveries(1))[0]?.recipients).toEqual(['good@customer.test'])
  })

  test('a temporary refusal stays in the outbox', async () => {
    const one = await started()
    const id = queue(one.store, { to: [{ name: '', address: 'later@customer.test' }] })
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'queued', error: { code: 'recipient-refused' } })
  })

  test('2,000 recipients and a 30 MB attachment arrive whole', async () => {
    const one = await started()
    const many = Array.from({ length: 2000 }, (_, index) => ({
      name: `Kundin Nr. ${index} Müller`,
      address: `c${index}@customer.test`,
    }))
    const first = queue(one.store, { to: many })
    const bytes = new Uint8Array(30 * 1024 * 1024).map((_, index) => (index * 31) % 251)
    const second = queue(one.store, { files: [{ name: 'großer Plan.bin', type: 'application/octet-stream', bytes }] })
    one.sender.wake()
    expect(await outcome(one, first)).toMatchObject({ state: 'sent', refused: [] })
    expect(await outcome(one, second)).toMatchObject({ state: 'sent' })
    const deliveries = await postfix.waitForDeliveries(
      (all) => new Set(all.flatMap((delivery) => delivery.recipients)).size === 2001,
    )
    const big = deliveries.find((delivery) => delivery.recipients.includes('anna@customer.test'))
    const attachment = (await PostalMime.parse(big?.raw ?? '')).attachments[0]
    expect(attachment?.filename).toBe('großer Plan.bin')
    expect(
      attachment?.content instanceof ArrayBuffer && Buffer.compare(Buffer.from(attachment.content), bytes) === 0,
    ).toBe(true)
    expect(Math.max(...(deliveries[0]?.text.split('\n') ?? []).map((line) => line.length))).toBeLessThan(999)
  })

  test('a wrong password fails at once and says so', async () => {
    const one = run(mailboxAt(serverAt(dovecot.port), serverAt(postfix.port)), undefined, 'wrong')
    running.push(one)
    const id = queue(one.store)
    one.sender.start()
    expect(await outcome(one, id)).toMatchObject({ state: 'failed', error: { code: 'auth-refused' } })
    await waitFor(() => one.store.progress?.state === 'auth-failed')
  })

  test('what is queued while the cable is out leaves once when it is back', async () => {
    const proxy = await startCutProxy({ port: postfix.port })
    await proxy.cut()
    const one = await started(proxy.port)
    const id = queue(one.store)
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'queued', error: { code: 'connection-refused' } })
    await proxy.restore()
    one.sender.wake()
    await waitFor(() => one.store.outbox[0]?.state === 'sent')
    await postfix.waitForDeliveries(1)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(postfix.deliveries()).toHaveLength(1)
    await proxy.stop()
  })

  test('a cut at any byte of the dialogue neither loses nor doubles a message (R40)', async () => {
    const proxy = await startCutProxy({ port: postfix.port })
    const one = await started(proxy.port)
    // How many bytes the server says in a whole dialogue.
    const probe = queue(one.store)
    const from = proxy.counters().toClient
    one.sender.wake()
    await outcome(one, probe)
    await waitFor(() => proxy.counters().open === 0)
    const whole = proxy.counters().toClient - from
    await postfix.waitForDeliveries(1)
    for (let at = 1; at < whole; at += Math.max(7, Math.floor(whole / 25))) {
      postfix.clearDeliveries()
      await waitFor(() => proxy.counters().open === 0)
      const id = queue(one.store)
      proxy.cutAfterBytes(at)
      one.sender.wake()
      const told = await outcome(one, id)
      await proxy.restore()
      if (told.state === 'queued') {
        one.sender.wake()
        await waitFor(() => one.store.outbox.find((entry) => entry.job.id === id)?.state === 'sent')
      }
      const state = one.store.outbox.find((entry) => entry.job.id === id)?.state
      if (state === 'uncertain') {
        // Nothing proves it: it stays with the person, and is not sent again.
        await new Promise((resolve) => setTimeout(resolve, 300))
        expect(postfix.deliveries().length).toBeLessThanOrEqual(1)
        one.store.outbox.splice(
          one.store.outbox.findIndex((entry) => entry.job.id === id),
          1,
        )
      } else {
        expect(state).toBe('sent')
        await postfix.waitForDeliveries(1)
        expect(postfix.deliveries()).toHaveLength(1)
      }
    }
    await proxy.stop()
  })

  test('an uncertain message that is in Sent counts as sent, without being sent again', async () => {
    const one = await started()
    const id = queue(one.store)
    const entry = one.store.outbox.find((item) => item.job.id === id)
    if (!entry) throw new Error('not queued')
    const { compose } = await import('../../../src-main/mail/send/compose')
    await one.sync.withActsSession(async (session) =>
      session.append('Sent', await compose(entry.job), ['\\Seen'], new Date()),
    )
    entry.state = 'uncertain'
    one.sender.wake()
    expect(await outcome(one, id)).toMatchObject({ state: 'sent' })
    expect(postfix.deliveries()).toHaveLength(0)
  })
})

describe('the copy of a large message', () => {
  test('neither comes back over the network nor holds up acts', async () => {
    const server = await startDovecot({ users: [user] })
    seed(server, 1)
    seed(server, 1, 'Sent', 1)
    const proxy = await startCutProxy({ port: server.port })
    const store = await RealStore.make(proxy.port)
    const sync = store.follow()
    await store.untilIdle()
    await store.harness.call('settings.set', { undoSeconds: 0 })
    const id = await queueOne(store.harness, 'The plan')
    const { job } = await store.harness.claim(store.mailbox.id)
    if (!job) throw new Error('nothing is due')
    const bytes = new Uint8Array(3_000_000).map((_, index) => (index * 31) % 251)
    const raw = await compose({ ...job, files: [{ name: 'Plan.bin', type: 'application/octet-stream', bytes }] })
    const [message] = await inlineParser.parse([raw])
    if (!message) throw new Error('not parsed')
    await store.harness.mail.call('outbox.composed', { id, raw, message })
    await store.harness.mail.call('outbox.settle', {
      id,
      state: 'sent',
      error: null,
      serverLine: null,
      refused: [],
      later: [],
    })
    const before = proxy.counters()
    const putter = new Putter(store.mailbox, store.harness.mail, sync)
    putter.start()
    const place =
      "SELECT l.uid FROM locations l JOIN folders f ON f.id = l.folder_id JOIN outbox o ON o.sent_message = l.message_id WHERE f.role = 'sent' AND o.id = ?"
    await waitFor(() => store.db.read.get(place, id))
    const after = proxy.counters()
    expect(after.toServer - before.toServer).toBeGreaterThan(raw.byteLength)
    expect(after.toClient - before.toClient).toBeLessThan(100_000)
    expect(
      server.doveadm('search', '-u', user.name, 'mailbox', 'Sent', 'larger', '3M').trim().split('\n'),
    ).toHaveLength(1)
    const opened = await sync.withPutSession(raw.byteLength, () =>
      sync.withActsSession(async (session) => (await session.select('INBOX')).exists),
    )
    expect(opened).toBeGreaterThan(0)
    await Promise.all([putter.stop(), sync.stop()])
    await store.close()
    await proxy.stop()
    await server.stop()
  })

  test('goes over the connection for acts where the server allows no further one', async () => {
    let refused = 0
    const connections = new SyncConnections(mailboxAt(serverAt(dovecot.port)), {
      call: async () => {
        if (refused++ === 0) throw new PosternError('server-busy', 'too many connections')
        return { user: user.name, password: user.password } as never
      },
    })
    expect(await connections.withLarge(async (session) => (await session.select('INBOX')).exists)).toBeGreaterThan(0)
    expect(refused).toBe(2)
    await connections.stop()
  })
})
