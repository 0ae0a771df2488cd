import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import type { LogCarrier } from '../../../src-main/mail/team/team-carrier'
import { ImapCarrier } from '../../../src-main/mail/team/team-imap'
import { NatsCarrier } from '../../../src-main/mail/team/team-nats'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startNats } from '../../servers/nats.mjs'
import { makeCertificates, trust } from '../../servers/tls.mjs'
import { seedMaildir, serverAt, user } from '../harness'

let dovecot: Awaited<ReturnType<typeof startDovecot>>
let nats: Awaited<ReturnType<typeof startNats>>
const open: LogCarrier[] = []
beforeAll(async () => {
  ;[dovecot, nats] = await Promise.all([
    startDovecot({ users: [user], config: 'mail_max_userip_connections = 100\n' }),
    startNats(),
  ])
})
afterAll(() => Promise.all([dovecot.stop(), nats.stop()]))
afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))))

let team = 'first'
const natsPort = (): number => Number(new URL(nats.url).port)
/** A carrier through `port`, else straight to its server. */
const carriers: Record<string, (port?: number) => Promise<LogCarrier>> = {
  mailbox: async (port = dovecot.port) =>
    ImapCarrier.open(
      await ImapSession.open(serverAt(port), { user: user.name, password: user.password }, true),
      user.name,
    ),
  NATS: async (port = natsPort()) => NatsCarrier.open({ ...nats, url: nats.url.replace(/\d+$/, String(port)) }, team),
}
const pack = (text: string): Buffer => Buffer.concat([Buffer.from('PST1'), Buffer.from(text)])
const wait = { interval: 20 }

/** What a carrier must do, whatever it is made of. */
describe.each(Object.keys(carriers))('team messages over %s', (kind) => {
  const another = async (port?: number): Promise<LogCarrier> => {
    const one = await carriers[kind]?.(port)
    if (!one) throw new Error('no carrier')
    open.push(one)
    return one
  }
  const all = async (carrier: LogCarrier, after?: string): Promise<string[]> => {
    const packs: string[] = []
    for await (const message of carrier.fetch(await carrier.list(after)))
      if (message.pack.byteLength > 0) packs.push(Buffer.from(message.pack).toString('latin1', 4))
    return packs
  }
  afterEach(() => {
    team = `team${randomBytes(8).toString('hex')}`
    if (kind === 'mailbox') dovecot.doveadm('mailbox', 'delete', '-u', user.name, 'Postern')
  })

  test('one that is dead without knowing ends when it is probed, and one that lives does not', async () => {
    const cable = await startCutProxy({ port: kind === 'mailbox' ? dovecot.port : natsPort() })
    const one = await another(cable.port)
    let ended = false
    one.onClose(() => (ended = true))
    await one.probe(5_000)
    expect(ended).toBe(false)
    cable.stall()
    await one.probe(500)
    await expect.poll(() => ended).toBe(true)
    await cable.stop()
  })

  test('what is put there is there for others byte for byte, in order, and only what is new when asked so', async () => {
    team = `team${randomBytes(8).toString('hex')}`
    const [one, two] = [await another(), await another()]
    const big = randomBytes(75_000).toString('hex')
    const first = await one.append(pack('first'))
    await one.append(Buffer.concat([Buffer.from('PST1'), Buffer.from(big, 'latin1')]))
    await two.poke()
    expect(await all(two)).toEqual(['first', big])
    expect(await all(two, first.place ?? '0')).toEqual([big])
    expect(one.generation).toBe(two.generation)
    expect(Math.abs((first.serverAt ?? 0) - Date.now())).toBeLessThan(5000)
    await one.prune([first.place ?? ''])
    await two.poke()
    expect(await all(two)).toEqual([big])
  })

  test('what a colleague took away after it was listed is not handed on as a message that nobody can read', async () => {
    const [one, two] = [await another(), await another()]
    const gone = await one.append(pack('gone'))
    await one.append(pack('there'))
    await two.poke()
    const places = await two.list()
    await one.prune([gone.place ?? ''])
    const packs: string[] = []
    for await (const message of two.fetch(places)) packs.push(Buffer.from(message.pack).toString('latin1'))
    expect(packs).toEqual(['PST1there'])
  })

  test('what a new console reads first is found among the rest, in its order, and is told to those who listen', async () => {
    const [one, two] = [await another(), await another()]
    expect(await one.summaries()).toEqual([])
    // Where nothing was ever put, nothing lies.
    expect(await one.list()).toEqual([])
    let told = 0
    two.onChange((what) => {
      if (what === 'more') told++
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    const first = await one.append(pack('sum1'), true)
    await one.append(pack('news'))
    const second = await one.append(pack('sum2'), true)
    await two.poke()
    expect(await two.summaries()).toEqual([first.place, second.place])
    expect(await all(two)).toEqual(['sum1', 'news', 'sum2'])
    await expect.poll(() => told, wait).toBeGreaterThan(0)
  })

  test('others are told without asking', async () => {
    const [one, two] = [await another(), await another()]
    let told = 0
    two.onChange((what) => {
      if (what === 'more') told++
    })
    await new Promise((resolve) => setTimeout(resolve, 500))
    await one.append(pack('news'))
    await expect.poll(() => told, wait).toBeGreaterThan(0)
  })

  test(
    'of those who claim one thing at the same time exactly one wins, and all agree who (R41)',
    { timeout: 60_000 },
    async () => {
      const racers = await Promise.all(Array.from({ length: 4 }, another))
      for (let race = 0; race < 5; race++) {
        const results = await Promise.all(
          racers.map((one, who) => one.claim(`conversation-${race}`, `device${who}`, 60_000)),
        )
        expect(results.filter(({ won }) => won)).toHaveLength(1)
        expect(new Set(results.map(({ holder }) => holder)).size).toBe(1)
      }
      expect(await racers[0]?.claim('conversation-0', 'device9', 60_000)).toMatchObject({ won: false })
      expect(await racers[0]?.claim('short', 'device0', 1500)).toMatchObject({ won: true })
      await new Promise((resolve) => setTimeout(resolve, 1600))
      expect(await racers[1]?.claim('short', 'device1', 60_000)).toMatchObject({ won: true })
    },
  )

  test('a clock that is minutes off on one of two computers does not let both answer (R41)', async () => {
    const [one, two] = [await another(), await another()]
    const offBy = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
      const { now } = Date
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => now.call(Date) + ms)
      try {
        return await work()
      } finally {
        clock.mockRestore()
      }
    }
    for (const off of [300_000, -300_000]) {
      expect(await one.claim(`first${off}`, 'device0', 90_000)).toMatchObject({ won: true })
      expect(await offBy(off, () => two.claim(`first${off}`, 'device1', 90_000))).toMatchObject({
        won: false,
        holder: 'device0',
      })
      expect(await offBy(off, () => two.claim(`second${off}`, 'device1', 90_000))).toMatchObject({ won: true })
      expect(await one.claim(`second${off}`, 'device0', 90_000)).toMatchObject({ won: false, holder: 'device1' })
    }
  })

  test('claims that ended long ago are not read again and again', async () => {
    const [one, two] = [await another(), await another()]
    const news = await one.append(pack('news'))
    if (kind === 'mailbox') await one.append(Buffer.from(`PSTC ${Date.now() - 3 * 86_400_000} conversation device0`))
    else await one.claim('conversation', 'device0', 10)
    await two.poke()
    expect(await all(two)).toEqual(['news'])
    await two.poke()
    expect(await two.list()).toEqual([news.place])
  })

  test('a closed connection is told to its owner', async () => {
    const one = await another()
    let closed = false
    one.onClose(() => {
      closed = true
    })
    if (kind === 'mailbox') dovecot.doveadm('kick', user.name)
    else await one.close()
    await expect.poll(() => closed, wait).toBe(true)
  })
})

describe('a NATS server that cannot carry a team', () => {
  const certificates = makeCertificates()
  const others: { stop: () => Promise<void> }[] = []
  const start = async (options: Parameters<typeof startNats>[0]): Promise<Awaited<ReturnType<typeof startNats>>> => {
    const server = await startNats(options)
    others.push(server)
    return server
  }
  afterEach(async () => void (await Promise.all(others.splice(0).map((one) => one.stop()))))
  const failure = async (server: { url: string; token: string }): Promise<unknown> =>
    NatsCarrier.open(server, 'aa').then(
      async (carrier) => (await carrier.close(), null),
      (fault: unknown) => fault,
    )

  test('is told apart: another token, no JetStream, nobody there, something else there', async () => {
    const facts = { host: '127.0.0.1' }
    expect(await failure({ ...nats, token: 'wrong' })).toMatchObject({
      code: 'auth-refused',
      detail: { ...facts, nats: true },
    })
    expect(await failure(await start({ jetstream: false }))).toMatchObject({
      code: 'server-refused',
      detail: { ...facts, nats: true },
    })
    expect(await failure({ url: 'nats://127.0.0.1:1', token: '' })).toMatchObject({
      code: 'connection-refused',
      detail: { ...facts, port: 1 },
    })
    expect(await failure({ url: `nats://127.0.0.1:${dovecot.port}`, token: '' })).toMatchObject({
      code: 'server-broken',
      detail: facts,
    })
  })

  test('a token is never sent without TLS to another computer, nor where TLS was asked for and is not offered (R28)', async () => {
    expect(await failure({ url: 'nats://nats.example:4222', token: 'secret' })).toMatchObject({
      code: 'plaintext-refused',
      detail: { host: 'nats.example' },
    })
    expect(await failure({ ...nats, url: nats.url.replace('nats:', 'tls:') })).toMatchObject({ code: 'not-tls' })
  })

  test('a certificate that does not fit is refused, one that fits is not (R29)', async () => {
    const distrust = trust(certificates)
    try {
      expect(await failure(await start({ tls: certificates.good }))).toBeNull()
      expect(await failure(await start({ tls: certificates.expired }))).toMatchObject({ code: 'certificate-expired' })
      expect(await failure(await start({ tls: certificates.wrongHost }))).toMatchObject({
        code: 'certificate-wrong-host',
      })
      expect(await failure(await start({ tls: certificates.selfSigned }))).toMatchObject({
        code: 'certificate-not-trusted',
      })
    } finally {
      distrust()
    }
  })
})

describe('team messages that others handled', () => {
  test('a message that was rebuilt, wrapped or is no message of the team at all breaks nothing (R60)', async () => {
    const carrier = await carriers['mailbox']?.()
    if (!carrier) throw new Error('no carrier')
    open.push(carrier)
    const data = Buffer.concat([Buffer.from('PST1'), randomBytes(300)])
    const base64 = data.toString('base64')
    const lines = base64.replace(/.{60}(?=.)/g, '$&\r\n')
    const raw = [
      // As one part only, with other line lengths.
      `From: a@b.test\r\nSubject: x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n`,
      // Wrapped by an archive.
      `From: a@b.test\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: text/plain\r\n\r\nArchived.\r\n--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n--o--\r\n`,
      // Somebody's mail that was dragged here.
      'From: a@b.test\r\nSubject: lunch?\r\n\r\nPST1 is not base64.\r\n',
      `From: a@b.test\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nhi\r\n--o\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--o--\r\n`,
    ]
    seedMaildir(
      dovecot.maildirOf(user.name),
      raw.map((text) => ({ raw: text, date: new Date(), folder: 'Postern', flags: [] })),
    )
    await carrier.poke()
    const packs: Buffer[] = []
    for await (const { pack: one } of carrier.fetch(await carrier.list())) packs.push(Buffer.from(one))
    expect(packs.map((one) => one.equals(data)).filter(Boolean)).toHaveLength(2)
    expect(packs.filter((one) => one.byteLength === 0)).toHaveLength(2)
    dovecot.doveadm('mailbox', 'delete', '-u', user.name, 'Postern')
  })
})
