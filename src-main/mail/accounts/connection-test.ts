import type { MailboxSettings, ServerSettings } from '../../../src-preload/contract/mailboxes'
import type { Credential } from '../../../src-preload/contract/internal'
import type { TestStep } from '../../../src-preload/contract/calls'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { onErrand } from '../../shared/network-gate'
import { ImapSession } from '../sync/imap-session'
import { lookAtCertificate, openPort, otherPort, type MailProtocol } from './server-probe'
import { refusePlaintext } from '../sync/server-rules'
import { SmtpSession } from '../send/smtp-session'

const log = logger('connection-test')

export interface TestInput {
  readonly settings: MailboxSettings
  readonly imap: Credential
  readonly smtp: Credential
}

/**
 * Tries a mailbox's settings step by step and tells after each what came out of it. Returns whether all went well.
 * IMAP and SMTP are tried side by side, so that one broken server does not hide the state of the other.
 */
export async function testConnection(
  input: TestInput,
  tell: (steps: TestStep[], finished: boolean) => void,
): Promise<boolean> {
  const steps: TestStep[] = (
    ['imap-connect', 'imap-certificate', 'imap-login', 'smtp-connect', 'smtp-certificate', 'smtp-login'] as const
  ).map((name) => ({ name, state: 'waiting', code: null, detail: {} }))
  const set = (name: TestStep['name'], state: TestStep['state'], code: string | null, detail: ErrorDetail): void => {
    const index = steps.findIndex((step) => step.name === name)
    steps[index] = { name, state, code, detail }
    tell([...steps], false)
  }
  const { imap, smtp } = input.settings
  const results = await Promise.all([
    onErrand({ use: 'test-connection', host: imap.host, mailboxId: null }, () =>
      testServer('imap', imap, set, () => imapLogin(imap, input.imap)),
    ),
    onErrand({ use: 'test-connection', host: smtp.host, mailboxId: null }, () =>
      testServer('smtp', smtp, set, () => smtpLogin(smtp, input.smtp)),
    ),
  ])
  tell([...steps], true)
  return results.every(Boolean)
}

type SetStep = (name: TestStep['name'], state: TestStep['state'], code: string | null, detail: ErrorDetail) => void

async function testServer(
  protocol: MailProtocol,
  server: ServerSettings,
  set: SetStep,
  login: () => Promise<ErrorDetail>,
): Promise<boolean> {
  const names = {
    connect: `${protocol}-connect`,
    certificate: `${protocol}-certificate`,
    login: `${protocol}-login`,
  } as const
  let now: TestStep['name'] = names.connect
  const started = Date.now()
  try {
    set(names.connect, 'running', null, {})
    const socket = await openPort(server.host, server.port)
    try {
      set(names.connect, 'ok', null, { host: server.host, port: server.port, ms: Date.now() - started })
      now = names.certificate
      refusePlaintext(server)
      if (server.security === 'none') set(names.certificate, 'skipped', null, { host: server.host })
      else {
        set(names.certificate, 'running', null, {})
        const { facts, failure } = await lookAtCertificate(socket, protocol, server)
        if (failure) throw failure
        set(names.certificate, 'ok', null, facts)
      }
    } finally {
      socket.destroy()
    }
    now = names.login
    set(names.login, 'running', null, {})
    set(names.login, 'ok', null, await login())
    return true
  } catch (error) {
    const failure = PosternError.from(error)
    if (failure.code === 'internal') log.error('test failed', error)
    else log.info('step failed', { step: now, code: failure.code, reason: failure.message })
    const other =
      now === names.connect && (failure.code === 'connection-refused' || failure.code === 'timeout')
        ? await otherPort(protocol, server)
        : {}
    set(now, 'failed', failure.code, { ...failure.detail, ...other })
    const order = [names.connect, names.certificate, names.login]
    for (const later of order.slice(order.findIndex((name) => name === now) + 1)) set(later, 'skipped', null, {})
    return false
  }
}

/** Whether a password opens a server. @throws PosternError what kept it from being tried */
export async function opens(use: MailProtocol, server: ServerSettings, password: string): Promise<boolean> {
  try {
    await (use === 'imap' ? imapLogin : smtpLogin)(server, { password })
    return true
  } catch (fault) {
    if (PosternError.from(fault).code === 'auth-refused') return false
    throw fault
  }
}

async function imapLogin(server: ServerSettings, credential: Credential): Promise<ErrorDetail> {
  const session = await ImapSession.open(server, { user: server.user, ...credential })
  try {
    const folders = (await session.listFolders()).filter((folder) => folder.selectable)
    const inbox = await session.status('INBOX')
    const able = ['IDLE', 'CONDSTORE', 'QRESYNC', 'MOVE'].filter((name) => session.capabilities.has(name))
    return {
      host: server.host,
      port: server.port,
      folders: folders.length,
      messages: inbox?.exists ?? 0,
      capabilities: able.join(' '),
    }
  } finally {
    await session.close()
  }
}

async function smtpLogin(server: ServerSettings, credential: Credential): Promise<ErrorDetail> {
  const session = await SmtpSession.connect(server)
  try {
    await session.login({ user: server.user, ...credential })
    return { host: server.host, port: server.port }
  } finally {
    session.quit()
  }
}
