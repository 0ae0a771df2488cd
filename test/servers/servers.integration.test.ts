import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { ImapFlow } from 'imapflow'
import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCutProxy } from './cut-proxy.mjs'
import { ensureDisplay } from './display.mjs'
import { seedMaildir, startDovecot } from './dovecot.mjs'
import { startKeychain } from './keychain.mjs'
import { canRunPostfix, startPostfix } from './postfix.mjs'
import { isRoot, waitFor } from './process.mjs'
import { startSmtpSink } from './smtp-sink.mjs'
import { makeCertificates } from './tls.mjs'

const certificates = makeCertificates()
const ca = fs.readFileSync(certificates.ca)
let dovecot: Awaited<ReturnType<typeof startDovecot>>

beforeAll(async () => {
  dovecot = await startDovecot({ users: [{ name: 'help', password: 'secret' }], tls: certificates.good })
})
afterAll(async () => {
  await dovecot?.stop()
  fs.rmSync(certificates.dir, { recursive: true, force: true })
})

/** Logs in, does something and out again. */
async function imap<T>(options: { port?: number; pass?: string }, act: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port: options.port ?? dovecot.port,
    secure: false,
    tls: { ca },
    auth: { user: 'help', pass: options.pass ?? 'secret' },
    logger: false,
  })
  client.on('error', () => {})
  await client.connect()
  try {
    return await act(client)
  } finally {
    client.close()
  }
}

const mail = {
  from: 'ana@customer.example',
  to: 'help@northwindbikes.example',
  subject: 'Squeaky brake',
  text: '.\n..dots\nend',
}
const send = async (port: number, options: object = {}, more: object = {}) => {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    tls: { ca },
    auth: { user: 'help', pass: 'secret' },
    ...options,
  })
  try {
    return await transport.sendMail({ ...mail, ...more })
  } finally {
    transport.close()
  }
}

describe('Dovecot', () => {
  it('serves what was seeded, with dates, flags, sizes and folders', async () => {
    const date = new Date('2026-03-04T05:06:07Z')
    seedMaildir(dovecot.maildirOf('help'), [
      { raw: 'Subject: one\n\nbody\n', date, flags: ['\\Seen', '\\Flagged'] },
      { raw: 'Subject: zwei\r\n\r\nbody\r\n', folder: 'Archive/Entwürfe & mehr' },
    ])
    await imap({}, async (client) => {
      const folders = new Map((await client.list()).map((box) => [box.path, box]))
      for (const name of ['Sent', 'Drafts', 'Junk', 'Trash', 'Archive'])
        expect(folders.get(name)?.specialUse).toBe(`\\${name}`)
      expect(folders.get('Archive/Entwürfe & mehr')?.subscribed).toBe(true)
      for (const name of ['CONDSTORE', 'QRESYNC', 'IDLE', 'MOVE', 'UIDPLUS'])
        expect(client.capabilities.has(name)).toBe(true)
      await client.mailboxOpen('INBOX')
      const message = await client.fetchOne('1', { internalDate: true, flags: true, size: true })
      expect(message).toMatchObject({ internalDate: date, size: 'Subject: one\r\n\r\nbody\r\n'.length })
      expect(message && [...(message.flags ?? [])]).toEqual(expect.arrayContaining(['\\Seen', '\\Flagged']))
    })
  })

  it('refuses a wrong password at once, and takes a changed one', async () => {
    await expect(imap({ pass: 'wrong' }, async () => {})).rejects.toMatchObject({ authenticationFailed: true })
    await dovecot.setUser({ name: 'help', password: 'other' })
    await imap({ pass: 'other' }, async () => {})
    await dovecot.setUser({ name: 'help', password: 'secret' })
  })

  it('comes back on the same port with the same mail after a crash', async () => {
    await dovecot.kill()
    await expect(imap({}, async () => {})).rejects.toThrow()
    await dovecot.restart()
    expect(await imap({}, (client) => client.status('INBOX', { messages: true }))).toMatchObject({ messages: 1 })
  })

  it('shows the certificate it was given, good or bad', async () => {
    const codeFor = (port: number) =>
      new Promise((resolve) => {
        const socket = tls
          .connect({ port, host: '127.0.0.1', ca }, () => resolve('good'))
          .on('error', (error) => resolve((error as NodeJS.ErrnoException).code))
        setTimeout(() => socket.destroy(), 2000).unref()
      })
    expect(await codeFor(dovecot.tlsPort ?? 0)).toBe('good')
    for (const [kind, code] of Object.entries({
      expired: 'CERT_HAS_EXPIRED',
      wrongHost: 'ERR_TLS_CERT_ALTNAME_INVALID',
      selfSigned: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      unknownCa: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })) {
      const server = await startDovecot({ users: [], tls: certificates[kind as 'expired'] })
      expect(await codeFor(server.tlsPort ?? 0)).toBe(code)
      await server.stop()
    }
  })
})

describe.skipIf(!canRunPostfix())('Postfix', () => {
  it('takes mail from those who log in, shows its envelope and brings it to the team', async () => {
    const postfix = await startPostfix({
      sasl: { dovecotAuthSocket: dovecot.authSocket },
      tls: certificates.good,
      deliverTo: { 'help@northwindbikes.example': dovecot.maildirOf('help') },
    })
    try {
      await expect(send(postfix.port, { auth: undefined })).rejects.toThrow(/Access denied/)
      await expect(send(postfix.port, { auth: { user: 'help', pass: 'wrong' } })).rejects.toMatchObject({
        code: 'EAUTH',
      })
      const before = await imap({}, (client) => client.status('INBOX', { messages: true }))
      await send(postfix.port)
      await postfix.waitForDeliveries(1)
      await send(
        postfix.tlsPort ?? 0,
        { secure: true },
        { to: 'Help@northwindbikes.example', bcc: 'hidden@elsewhere.example' },
      )
      const [first, second] = await postfix.waitForDeliveries(2)
      expect(first).toMatchObject({ sender: 'ana@customer.example', recipients: ['help@northwindbikes.example'] })
      expect(first?.text).toContain('\n\n.\n..dots\nend')
      expect([...(second?.recipients ?? [])].sort()).toEqual([
        'Help@northwindbikes.example',
        'hidden@elsewhere.example',
      ])
      expect(second?.text).not.toContain('hidden@')
      await waitFor(async () => {
        const now = await imap({}, (client) => client.status('INBOX', { messages: true }))
        return (now && now.messages) === ((before && before.messages) || 0) + 2
      })
      postfix.clearDeliveries()
      await postfix.kill()
      await postfix.restart()
      await send(postfix.port)
      expect(await postfix.waitForDeliveries(1)).toHaveLength(1)
    } finally {
      await postfix.stop()
    }
  })
})

it('the small SMTP server keeps mail in the same way', async () => {
  const sink = await startSmtpSink()
  for (const authMethod of ['PLAIN', 'LOGIN']) await send(sink.port, { authMethod })
  const all = await sink.waitForDeliveries(2)
  expect(all.map(({ sender }) => sender)).toEqual(['ana@customer.example', 'ana@customer.example'])
  expect(all[0]?.text).toContain('\n\n.\n..dots\nend')
  await sink.stop()
})

describe('the cable', () => {
  it('is cut and restored, stalls, and is cut after a number of bytes', async () => {
    const cable = await startCutProxy({ port: dovecot.port })
    const login = () => imap({ port: cable.port }, async (client) => client.noop())
    await login()
    expect(cable.counters()).toMatchObject({ connections: 1 })
    expect(cable.counters().toClient).toBeGreaterThan(100)

    await cable.cut()
    await expect(login()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await cable.restore()
    await login()

    const before = cable.counters().toClient
    cable.cutAfterBytes(40, 'toClient')
    await expect(login()).rejects.toThrow()
    await cable.untilCut()
    expect(cable.counters().toClient - before).toBe(40)
    await cable.restore()

    cable.stall()
    const waiting = login()
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300, 'stalled'))])).toBe('stalled')
    await cable.restore()
    await waiting
    await cable.stop()
  })
})

it('a keychain and a screen of our own', async () => {
  const keychain = await startKeychain()
  const screen = await ensureDisplay({ always: true })
  expect(screen.env['DISPLAY']).toMatch(/^:\d+$/)
  const script =
    "const k = require('keytar'); k.setPassword('p', 'a', 'b').then(() => k.getPassword('p', 'a')).then(console.log)"
  const child = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    env: { ...process.env, ...keychain.env },
  })
  expect(child.stdout).toBe('b\n')
  await Promise.all([keychain.stop(), screen.stop()])
})

it('ends every server and removes its files when the program that started it is killed', async () => {
  const script = path.join(os.tmpdir(), `postern-orphans-${process.pid}.mjs`)
  const at = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  fs.writeFileSync(
    script,
    `
    import { startDovecot } from '${at('dovecot.mjs')}'
    import { startPostfix } from '${at('postfix.mjs')}'
    import { startKeychain } from '${at('keychain.mjs')}'
    const servers = [await startDovecot({ users: [] }), ${isRoot ? 'await startPostfix()' : ''}]
    const keychain = await startKeychain()
    console.log(JSON.stringify([...servers.map(({ dir }) => dir), keychain.env.DBUS_SESSION_BUS_ADDRESS.replace(/^unix:path=(.*).bus$/, '$1')]))
    setInterval(() => {}, 1000)
  `,
  )
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const dirs = await new Promise<string[]>((resolve) =>
    child.stdout.once('data', (text) => resolve(JSON.parse(String(text)))),
  )
  expect(dirs.every((dir) => fs.existsSync(dir))).toBe(true)
  const mentioning = () =>
    fs
      .readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter((pid) => {
        try {
          return dirs.some((dir) => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir))
        } catch {
          return false
        }
      })
  expect(mentioning().length).toBeGreaterThan(2)
  child.kill('SIGKILL')
  await waitFor(() => mentioning().length === 0 && !dirs.some((dir) => fs.existsSync(dir)), {
    ms: 8000,
    what: () => `the end of ${mentioning().join()} and ${dirs.join()}`,
  })
  fs.rmSync(script)
})
