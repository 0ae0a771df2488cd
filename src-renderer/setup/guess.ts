import { isMailboxAddress } from '../../src-preload/contract/address'
import type { CertificatePin, MailboxSettings, Security, ServerSettings, SignIn } from '../../src-preload/contract'

/** What stands in the form; ports are text while they are typed. */
export interface MailboxForm {
  name: string
  address: string
  imap: ServerForm
  smtp: ServerForm
  password: string
  /** Signing in to send with another user name or password. */
  ownSmtp: boolean
  smtpPassword: string
}
export interface ServerForm {
  host: string
  port: string
  security: Security
  user: string
  signIn: SignIn
  pin: CertificatePin | null
}

export type FormField = 'address' | 'imap.host' | 'imap.port' | 'smtp.host' | 'smtp.port'

const hostName =
  /^(?=.{1,253}$)(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.?$|^\[?[\da-f:.]+\]?$/iu

/** Usual port of a kind of server by its security. */
export const usualPort = {
  imap: { tls: '993', starttls: '143', none: '143' },
  smtp: { tls: '465', starttls: '587', none: '25' },
} as const

/** Whether the server is on this computer: the only place where a connection may go without encryption. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host.trim())
}

export function isAddress(address: string): boolean {
  return isMailboxAddress(address.trim())
}

const empty: MailboxForm = {
  name: '',
  address: '',
  password: '',
  ownSmtp: false,
  smtpPassword: '',
  imap: { host: '', port: '993', security: 'tls', user: '', signIn: 'password', pin: null },
  smtp: { host: '', port: '465', security: 'tls', user: '', signIn: 'password', pin: null },
}

/** An empty form for an address; its servers are guessed by name until better ones are known. */
export function newForm(address = ''): MailboxForm {
  return withAddress(empty, address)
}

export function formOf(settings: MailboxSettings): MailboxForm {
  const server = ({ host, port, security, user, signIn = 'password', pin }: ServerSettings): ServerForm => ({
    host,
    port: String(port),
    security,
    user,
    signIn,
    pin: pin ?? null,
  })
  const { imap, smtp } = settings
  const ownSmtp = smtp.user !== imap.user || (smtp.signIn ?? 'password') !== (imap.signIn ?? 'password')
  return {
    name: settings.name,
    address: settings.address,
    imap: server(imap),
    smtp: server(smtp),
    password: '',
    ownSmtp,
    smtpPassword: '',
  }
}

function domainOf(address: string): string {
  const domain = address.trim().split('@')[1] ?? ''
  return hostName.test(domain) && domain.includes('.') ? domain.toLowerCase() : ''
}

function capital(word: string): string {
  const [first = '', ...rest] = Array.from(word)
  return first.toLocaleUpperCase() + rest.join('')
}

const guessedName = (address: string): string => capital((address.trim().split('@')[0] ?? '').split(/[.+]/)[0] ?? '')

/**
 * The form after the address changed: servers, user and name follow the address as long as they still hold what was
 * guessed from the one before. What a person typed stays.
 */
export function withAddress(form: MailboxForm, address: string): MailboxForm {
  const [before, after] = [domainOf(form.address), domainOf(address)]
  const follow = (now: string, was: string, next: string): string => (now.trim() === '' || now === was ? next : now)
  const server = (one: ServerForm, prefix: string): ServerForm => ({
    ...one,
    host:
      after === '' && one.host !== `${prefix}.${before}`
        ? one.host
        : follow(one.host, `${prefix}.${before}`, after === '' ? '' : `${prefix}.${after}`),
    user: follow(one.user, form.address.trim(), address.trim()),
  })
  return {
    ...form,
    address,
    name: follow(form.name, guessedName(form.address), guessedName(address)),
    imap: server(form.imap, 'imap'),
    smtp: server(form.smtp, 'smtp'),
  }
}

/** The form with another security; the port follows as long as it is the usual one of the security before. */
export function withSecurity(server: ServerForm, kind: 'imap' | 'smtp', security: Security): ServerForm {
  const port = server.port === usualPort[kind][server.security] ? usualPort[kind][security] : server.port
  return { ...server, security, port }
}

/** The form with another host; without encryption is for this computer only. */
export function withHost(server: ServerForm, kind: 'imap' | 'smtp', host: string): ServerForm {
  // An accepted certificate counts for the server it was accepted for.
  const changed = { ...server, host, pin: server.pin?.host === host.trim() ? server.pin : null }
  return server.security === 'none' && !isLoopback(host) ? withSecurity(changed, kind, 'tls') : changed
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  return port >= 1 && port <= 65535 ? port : null
}

/** Fields that hold something that cannot be right. Empty ones are not wrong yet. */
export function wrongFields(form: MailboxForm): ReadonlySet<FormField> {
  const wrong = new Set<FormField>()
  if (form.address.trim() !== '' && !isAddress(form.address)) wrong.add('address')
  for (const kind of ['imap', 'smtp'] as const) {
    if (form[kind].host.trim() !== '' && !hostName.test(form[kind].host.trim())) wrong.add(`${kind}.host`)
    if (form[kind].port.trim() !== '' && portOf(form[kind].port) === null) wrong.add(`${kind}.port`)
  }
  return wrong
}

/** The settings, when the form is complete and nothing in it is wrong; else null. The password is not looked at. */
export function settingsOf(form: MailboxForm): MailboxSettings | null {
  if (!isAddress(form.address) || wrongFields(form).size > 0) return null
  const server = (one: ServerForm, user: string, signIn: SignIn): ServerSettings | null => {
    const port = portOf(one.port)
    if (port === null || one.host.trim() === '' || user.trim() === '') return null
    if (one.security === 'none' && !isLoopback(one.host)) return null
    return {
      host: one.host.trim(),
      port,
      security: one.security,
      user: user.trim(),
      ...(signIn === 'oauth' ? { signIn } : {}),
      ...(one.pin ? { pin: one.pin } : {}),
    }
  }
  const imap = server(form.imap, form.imap.user, form.imap.signIn)
  const smtp = form.ownSmtp
    ? server(form.smtp, form.smtp.user, form.smtp.signIn)
    : server(form.smtp, form.imap.user, form.imap.signIn)
  return imap && smtp
    ? { name: form.name.trim() || guessedName(form.address), address: form.address.trim(), imap, smtp }
    : null
}
