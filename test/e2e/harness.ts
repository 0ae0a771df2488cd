import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { expect, type ElectronApplication, type Locator, type Page } from '@playwright/test'
import { ensureElectron } from '../../build/electron.mjs'
import { launchPostern } from '../../build/lib/drive.mjs'
import { startSession } from '../../build/lib/session.mjs'
import { startCutProxy } from '../servers/cut-proxy.mjs'
import { seedMaildir, startDovecot } from '../servers/dovecot.mjs'
import { startPostfix } from '../servers/postfix.mjs'
import { tempFolder } from '../servers/process.mjs'
import { joinWire, onItsWire, type Wire } from './wire'

export interface Desk {
  readonly app: ElectronApplication
  readonly page: Page
  readonly profile: string
  /** The network of this run; null where the tests have none of their own. */
  readonly wire: Wire | null
  /** Quits as a person would and waits until the process is gone; every connection must stand in the ledger, and none that was not made. */
  close(): Promise<void>
  /** SIGKILL to every process of the program at once. */
  kill(): Promise<void>
}

export interface StartOptions {
  profile: string
  provision?: unknown
  args?: string[]
  env?: Record<string, string>
  size?: { width: number; height: number }
}

// Each profile and server cleans up after itself at the end.
process.setMaxListeners(100)

/** A fresh profile folder that goes when the test's process ends. */
export function newProfile(): string {
  const dir = tempFolder('profile')
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}

let started: ReturnType<typeof startSession> | undefined
/** A screen and a keychain for this worker alone, so that two windows never fight for the focus; they end with its process. */
function session(): ReturnType<typeof startSession> {
  return (started ??= startSession({ display: 'private' }))
}

/** Starts the built program in a real Electron window on a profile. */
export async function startPostern({ profile, provision, args = [], env = {}, size }: StartOptions): Promise<Desk> {
  const provisionArgs: string[] = []
  if (provision !== undefined) {
    // Beside the profile, not in it: it holds passwords, and the profile may hold none (R53).
    const file = `${profile}-provision.json`
    process.once('exit', () => rmSync(file, { force: true }))
    writeFileSync(file, JSON.stringify(provision), { mode: 0o600 })
    provisionArgs.push(`--provision=${file}`)
  }
  const { env: mine } = await session()
  const wire = joinWire(profile)
  const app = await launchPostern(onItsWire(await ensureElectron()), {
    args: [`--user-data-dir=${profile}`, ...provisionArgs, ...args],
    env: { ...mine, ...wire?.env, ...env },
  })
  askAgainWhenLost(app)
  app.process().once('exit', () => wire?.leave())
  const page = await app.firstWindow()
  if (size)
    await app.evaluate(
      ({ BrowserWindow }, s) => BrowserWindow.getAllWindows()[0]?.setContentSize(s.width, s.height),
      size,
    )
  return {
    app,
    page,
    profile,
    wire,
    close: async () => {
      try {
        await wire?.agree(page)
      } finally {
        await app.close()
      }
    },
    kill: async () => {
      wire?.tear()
      const main = app.process()
      const gone = new Promise((resolve) => main.once('exit', resolve))
      for (const pid of [...descendants(main.pid ?? 0), main.pid ?? 0]) {
        try {
          process.kill(pid, 'SIGKILL')
        } catch {
          // Gone with its parent already.
        }
      }
      await gone
    },
  }
}

/**
 * V8 holds an inspector's answer weakly: a collection in just that moment takes it, and the question is put once more. So what is
 * done in Electron's main process may be done twice.
 */
function askAgainWhenLost(app: ElectronApplication): void {
  const { evaluate } = app
  Reflect.set(app, 'evaluate', async (...question: unknown[]): Promise<unknown> => {
    const put = async (): Promise<unknown> => Reflect.apply(evaluate, app, question)
    try {
      return await put()
    } catch (error) {
      if (error instanceof Error && error.message.includes('garbage collected')) return await put()
      throw error
    }
  })
}

/** Every process below this one, asked for once: who kills them one by one must not be overtaken by their work. */
export function descendants(pid: number): number[] {
  const all = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (of: number): number[] =>
    all.flatMap(([parent, child = 0]) => (parent === of ? [...below(child), child] : []))
  return below(pid)
}

export interface Team {
  readonly dovecot: Awaited<ReturnType<typeof startDovecot>>
  readonly postfix: Awaited<ReturnType<typeof startPostfix>>
  readonly imapCable: Awaited<ReturnType<typeof startCutProxy>>
  readonly smtpCable: Awaited<ReturnType<typeof startCutProxy>>
  readonly provision: { version: 1; workspace: { name: string }; agent: { name: string }; mailboxes: TeamMailbox[] }
  cutCables(): Promise<void>
  restoreCables(): Promise<void>
  stop(): Promise<void>
}
interface TeamMailbox {
  name: string
  address: string
  imap: Server
  smtp: Server
  password: string
}
interface Server {
  host: string
  port: number
  security: 'none'
  user: string
}

/** Dovecot and Postfix with the team mailboxes help@ and warranty@, each behind a cable that can be cut; `settings` are Postfix's. */
export async function startTeam(
  names: readonly string[] = ['help', 'warranty'],
  settings: Record<string, string> = {},
): Promise<Team> {
  const domain = 'northwindbikes.example'
  const dovecot = await startDovecot({ users: names.map((name) => ({ name, password: `secret-${name}` })) })
  const postfix = await startPostfix({
    sasl: { dovecotAuthSocket: dovecot.authSocket },
    settings,
    deliverTo: Object.fromEntries(names.map((name) => [`${name}@${domain}`, dovecot.maildirOf(name)])),
  })
  const imapCable = await startCutProxy({ port: dovecot.port })
  const smtpCable = await startCutProxy({ port: postfix.port })
  return {
    dovecot,
    postfix,
    imapCable,
    smtpCable,
    provision: {
      version: 1,
      workspace: { name: 'Northwind Bikes' },
      agent: { name: 'Ana Ferreira' },
      mailboxes: names.map((name) => ({
        name: name.charAt(0).toUpperCase() + name.slice(1),
        address: `${name}@${domain}`,
        password: `secret-${name}`,
        imap: { host: '127.0.0.1', port: imapCable.port, security: 'none', user: name },
        smtp: { host: '127.0.0.1', port: smtpCable.port, security: 'none', user: name },
      })),
    },
    cutCables: async () => void (await Promise.all([imapCable.cut(), smtpCable.cut()])),
    restoreCables: async () => void (await Promise.all([imapCable.restore(), smtpCable.restore()])),
    stop: async () => {
      await Promise.all([imapCable.stop(), smtpCable.stop()])
      await postfix.stop()
      await dovecot.stop()
    },
  }
}

export interface MailText {
  from?: string
  to?: string
  subject?: string
  id?: string
  inReplyTo?: string
  references?: string
  date?: Date
  headers?: string[]
  text?: string
  html?: string
  files?: readonly MailFile[]
}
export interface MailFile {
  name: string
  type: string
  /** Words go as they are, bytes in base64. */
  content: string | Buffer
  /** It belongs into the HTML, which calls it cid:this. */
  cid?: string
}
let nextMail = 1

/** A message as a customer's program writes it. */
export function mail({
  from = 'Priya Raman <priya@harbourcycle.example>',
  to = 'help@northwindbikes.example',
  subject = 'A question',
  id,
  inReplyTo,
  references,
  date = new Date(),
  headers = [],
  text,
  html,
  files = [],
}: MailText): string {
  const n = nextMail++
  const part = (type: string, ...rest: string[]): string => [`Content-Type: ${type}`, ...rest].join('\r\n')
  const parts = (kind: string, all: readonly string[]): string => {
    const between = `${kind}${n}`
    const lines = all.flatMap((one) => [`--${between}`, one])
    return part(`multipart/${kind}; boundary="${between}"`, '', ...lines, `--${between}--`)
  }
  const plain = (): string => part('text/plain; charset=utf-8', '', text ?? 'Hello.')
  const marked = (): string => part('text/html; charset=utf-8', '', html ?? '')
  const file = ({ name, type, content, cid }: MailFile): string =>
    part(
      `${type}; name="${name}"`,
      `Content-Disposition: ${cid === undefined ? 'attachment' : 'inline'}; filename="${name}"`,
      ...(cid === undefined ? [] : [`Content-ID: <${cid}>`]),
      ...(typeof content === 'string'
        ? ['', content]
        : ['Content-Transfer-Encoding: base64', '', content.toString('base64').replace(/.{76}/g, '$&\r\n')]),
    )
  const words = html === undefined ? plain() : text === undefined ? marked() : parts('alternative', [plain(), marked()])
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id ?? `m${n}.${Date.now()}@harbourcycle.example`}>`,
    ...(inReplyTo ? [`In-Reply-To: <${inReplyTo}>`] : []),
    ...(references ? [`References: ${references}`] : []),
    ...headers,
    'MIME-Version: 1.0',
    files.length === 0 ? words : parts('mixed', [words, ...files.map(file)]),
    '',
  ].join('\r\n')
}

/** Puts messages into a mailbox on the server, oldest first. */
export function seed(
  team: Team,
  user: string,
  messages: readonly { raw: string; folder?: string; date?: Date; flags?: string[] }[],
): void {
  seedMaildir(
    team.dovecot.maildirOf(user),
    messages.map(({ raw, folder = 'INBOX', date = new Date(), flags = [] }) => ({ raw, folder, date, flags })),
  )
}

// ---- the window's stable names -----------------------------------------------------------------------------------

export const list = (page: Page): Locator => page.getByRole('grid', { name: 'Conversations' })
export const row = (page: Page, text: string | RegExp): Locator => list(page).getByRole('row', { name: text })
export const conversation = (page: Page): Locator => page.getByRole('region', { name: 'Conversation', exact: true })
export const syncStatus = (page: Page): Locator => page.getByRole('status', { name: 'Sync status' })

/** Waits until everything is here. */
export async function synced(page: Page, timeout = 60_000): Promise<void> {
  await expect(syncStatus(page)).toContainText(/up to date/i, { timeout })
}

/** Asks the program as its own page does; answers with what came back, `{ ok: false }` for a refusal. */
export async function ask(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    async ([called, given]) => {
      const bridge: unknown = Reflect.get(window, 'postern')
      return Reflect.apply(Reflect.get(Object(bridge), 'call'), bridge, [called, given]) as unknown
    },
    [name, input] as const,
  )
}

/** Ends what a file of tests started, in this order: what never began, or does not end well, leaves none of the others running. */
export async function leave(
  ...started: readonly (Pick<Desk, 'close'> | Pick<Team, 'stop'> | undefined)[]
): Promise<void> {
  const faults: unknown[] = []
  for (const one of started)
    try {
      if (one) await ('close' in one ? one.close() : one.stop())
    } catch (fault) {
      faults.push(fault)
    }
  if (faults.length > 0) throw faults[0]
}
