import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NetworkRules } from '../../src-preload/contract/network'
import { fitsHost, guardNetwork, lookUpName, onErrand, type Contact } from '../../src-main/shared/network-gate'

/** The gate changes Node's own socket for the whole process, so it is put up once and its rules are changed. */
let rules: NetworkRules = { blockUnexpected: true, allowedHosts: null }
const seen: Contact[] = []
const server = net.createServer((socket) => socket.on('data', () => socket.end('x'.repeat(5000))))
let port = 0

beforeAll(async () => {
  guardNetwork(
    () => rules,
    (contact) => {
      if (!seen.includes(contact)) seen.push(contact)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => server.close())

/** Connects, says hello, and waits until it is over; the code of the failure, or null. */
function visit(host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => socket.write('hello'))
    let failure: string | null = null
    socket.resume()
    socket.once('error', (error) => (failure = 'code' in error ? String(error.code) : 'error'))
    socket.once('close', () => resolve(failure))
  })
}
const announced = <T>(host: string, work: () => T): T => onErrand({ use: 'fetch-mail', host, mailboxId: 3 }, work)
const newest = (): Contact | undefined => seen.at(-1)

test('a connection that was announced goes, and its bytes are counted', async () => {
  expect(await announced('127.0.0.1', () => visit('127.0.0.1'))).toBeNull()
  expect(newest()).toMatchObject({
    host: '127.0.0.1',
    port,
    address: '127.0.0.1',
    state: 'closed',
    sent: 5,
    received: 5000,
    expected: true,
    failure: null,
    errand: { use: 'fetch-mail', mailboxId: 3 },
  })
})

test('a connection that nobody announced does not leave', async () => {
  expect(await visit('127.0.0.1')).toBe('host-blocked')
  expect(newest()).toMatchObject({ state: 'blocked', expected: false, errand: null, sent: 0 })
})

test('a connection to another host than was announced does not leave', async () => {
  expect(await announced('imap.acme.test', () => visit('127.0.0.1'))).toBe('host-blocked')
  expect(newest()).toMatchObject({ state: 'blocked', expected: false })
})

test('with the setting off an unexpected connection goes and is told as unexpected', async () => {
  rules = { blockUnexpected: false, allowedHosts: null }
  expect(await visit('127.0.0.1')).toBeNull()
  expect(newest()).toMatchObject({ state: 'closed', expected: false, received: 5000 })
})

test('policy decides about announced hosts too', async () => {
  rules = { blockUnexpected: false, allowedHosts: ['imap.acme.test'] }
  expect(await announced('127.0.0.1', () => visit('127.0.0.1'))).toBe('host-blocked')
  rules = { blockUnexpected: true, allowedHosts: ['127.0.0.1'] }
  expect(await announced('127.0.0.1', () => visit('127.0.0.1'))).toBeNull()
  rules = { blockUnexpected: true, allowedHosts: null }
})

test('a connection that fails is told with its reason', async () => {
  const closed = net.createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const address = closed.address()
  await new Promise<void>((resolve) => closed.close(() => resolve()))
  const free = typeof address === 'object' && address ? address.port : 0
  await announced(
    '127.0.0.1',
    () =>
      new Promise((resolve) =>
        net
          .connect({ host: '127.0.0.1', port: free })
          .once('error', () => undefined)
          .once('close', resolve),
      ),
  )
  expect(newest()).toMatchObject({ state: 'failed', failure: 'ECONNREFUSED', expected: true })
})

test('a pattern with a star takes names below, not the name itself and no look-alike', () => {
  expect(fitsHost('imap.acme.test', ['*.acme.test'])).toBe(true)
  expect(fitsHost('IMAP.Acme.test.', ['*.acme.test'])).toBe(true)
  expect(fitsHost('acme.test', ['*.acme.test'])).toBe(false)
  expect(fitsHost('evilacme.test', ['*.acme.test'])).toBe(false)
  expect(fitsHost('acme.test.evil.test', ['*.acme.test', 'acme.test'])).toBe(false)
})

test('a question to a name server stands in the ledger with its bytes, also when nobody knows the name', async () => {
  const errand = { use: 'look-up', host: '_imaps._tcp.acme.test', mailboxId: null } as const
  expect(await lookUpName(errand, ['192.0.2.53'], async () => ['imap.acme.test'])).toEqual(['imap.acme.test'])
  expect(newest()).toMatchObject({
    host: '_imaps._tcp.acme.test',
    port: 53,
    address: '192.0.2.53',
    state: 'closed',
    sent: 39,
    received: 0,
    expected: true,
  })
  await expect(
    lookUpName(errand, [], async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    }),
  ).rejects.toThrow('no')
  expect(newest()).toMatchObject({ state: 'failed', failure: 'ENOTFOUND' })
})

test('a question that policy forbids is not asked', async () => {
  rules = { blockUnexpected: true, allowedHosts: ['*.acme.test'] }
  let asked = false
  await expect(
    lookUpName({ use: 'look-up', host: 'elsewhere.test', mailboxId: null }, [], async () => {
      asked = true
    }),
  ).rejects.toMatchObject({ code: 'host-blocked' })
  expect(asked).toBe(false)
  expect(newest()).toMatchObject({ state: 'blocked', expected: false, sent: 0 })
  rules = { blockUnexpected: true, allowedHosts: null }
})
