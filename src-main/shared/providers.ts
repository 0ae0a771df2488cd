import type { MailboxSettings, ServerSettings } from '../../src-preload/contract/mailboxes'
import type { MailUse, OauthClient, OauthService } from '../../src-preload/contract/sign-in'

/** The providers that Postern knows without asking anybody. */
export interface Provider {
  readonly id: string
  readonly name: string
  /** Domains of its own addresses. */
  readonly domains: readonly string[]
  /** Ends of its mail exchangers' names: whose mail goes there is its customer under another domain. */
  readonly exchangers: readonly string[]
  readonly imap: Omit<ServerSettings, 'user'>
  readonly smtp: Omit<ServerSettings, 'user'>
  readonly oauth: Oauth | null
}
interface Oauth {
  readonly service: Omit<OauthService, 'scope' | 'clientId' | 'clientSecret'>
  /** Whoever builds Postern for others registers it with the provider and puts the client id here; null is the placeholder. */
  readonly clientId: string | null
  readonly scope: Readonly<Record<MailUse | 'always', readonly string[]>>
}

const tls = (host: string, port: number): Omit<ServerSettings, 'user'> => ({ host, port, security: 'tls' })
const startTls = (host: string, port: number): Omit<ServerSettings, 'user'> => ({ host, port, security: 'starttls' })

const google: Oauth = {
  service: {
    name: 'Google',
    issuer: 'https://accounts.google.com',
    endpoints: {
      authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
      token: 'https://oauth2.googleapis.com/token',
      revocation: 'https://oauth2.googleapis.com/revoke',
    },
    // Without these Google gives no refresh token a second time.
    parameters: { access_type: 'offline', prompt: 'consent' },
  },
  clientId: null,
  // Google has one permission for IMAP and SMTP, whatever of it is used.
  scope: { always: ['openid', 'email'], imap: ['https://mail.google.com/'], smtp: ['https://mail.google.com/'] },
}
const microsoft: Oauth = {
  service: {
    name: 'Microsoft',
    issuer: 'https://login.microsoftonline.com/common/v2.0',
    endpoints: {
      authorization: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
      token: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
      device: 'https://login.microsoftonline.com/common/oauth2/v2.0/devicecode',
    },
    parameters: { prompt: 'select_account' },
  },
  clientId: null,
  scope: {
    always: ['offline_access'],
    imap: ['https://outlook.office.com/IMAP.AccessAsUser.All'],
    smtp: ['https://outlook.office.com/SMTP.Send'],
  },
}

export const providers: readonly Provider[] = [
  {
    id: 'google',
    name: 'Google',
    domains: ['gmail.com', 'googlemail.com'],
    exchangers: ['google.com', 'googlemail.com'],
    imap: tls('imap.gmail.com', 993),
    smtp: tls('smtp.gmail.com', 465),
    oauth: google,
  },
  {
    id: 'microsoft',
    name: 'Microsoft',
    domains: ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'outlook.de', 'hotmail.co.uk', 'outlook.fr'],
    exchangers: ['mail.protection.outlook.com', 'mx.microsoft', 'olc.protection.outlook.com'],
    imap: tls('outlook.office365.com', 993),
    smtp: startTls('smtp.office365.com', 587),
    oauth: microsoft,
  },
  {
    id: 'yahoo',
    name: 'Yahoo',
    domains: ['yahoo.com', 'yahoo.de', 'yahoo.co.uk', 'yahoo.fr', 'ymail.com', 'rocketmail.com'],
    exchangers: ['yahoodns.net'],
    imap: tls('imap.mail.yahoo.com', 993),
    smtp: tls('smtp.mail.yahoo.com', 465),
    oauth: null,
  },
  {
    id: 'icloud',
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    exchangers: ['mail.icloud.com'],
    imap: tls('imap.mail.me.com', 993),
    smtp: startTls('smtp.mail.me.com', 587),
    oauth: null,
  },
  {
    id: 'fastmail',
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm'],
    exchangers: ['messagingengine.com'],
    imap: tls('imap.fastmail.com', 993),
    smtp: tls('smtp.fastmail.com', 465),
    oauth: null,
  },
  {
    id: 'zoho',
    name: 'Zoho',
    domains: ['zoho.com', 'zohomail.com'],
    exchangers: ['zoho.com'],
    imap: tls('imap.zoho.com', 993),
    smtp: tls('smtp.zoho.com', 465),
    oauth: null,
  },
  {
    id: 'gmx',
    name: 'GMX',
    domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch'],
    exchangers: ['gmx.net'],
    imap: tls('imap.gmx.net', 993),
    smtp: tls('mail.gmx.net', 465),
    oauth: null,
  },
  {
    id: 'web.de',
    name: 'WEB.DE',
    domains: ['web.de'],
    exchangers: ['web.de'],
    imap: tls('imap.web.de', 993),
    smtp: startTls('smtp.web.de', 587),
    oauth: null,
  },
  {
    id: 'ionos',
    name: 'IONOS',
    domains: [],
    exchangers: ['ionos.de', 'ionos.com', 'ionos.co.uk', 'kundenserver.de', '1and1.com'],
    imap: tls('imap.ionos.de', 993),
    smtp: tls('smtp.ionos.de', 465),
    oauth: null,
  },
  {
    id: 'migadu',
    name: 'Migadu',
    domains: [],
    exchangers: ['migadu.com'],
    imap: tls('imap.migadu.com', 993),
    smtp: tls('smtp.migadu.com', 465),
    oauth: null,
  },
]

export const domainOf = (address: string): string =>
  address.trim().toLowerCase().split('@').at(-1)?.replace(/\.$/, '') ?? ''

/** Whether a host name is `domain` or lies below it. */
export const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

/** By the address alone. */
export function providerOfAddress(address: string): Provider | null {
  const domain = domainOf(address)
  return providers.find((one) => one.domains.includes(domain)) ?? null
}

/** By where the domain's mail goes. */
export function providerOfExchangers(exchangers: readonly string[]): Provider | null {
  const names = exchangers.map((one) => one.toLowerCase().replace(/\.$/, ''))
  return (
    providers.find((provider) => names.some((name) => provider.exchangers.some((end) => isWithin(name, end)))) ?? null
  )
}

/** The provider whose server this is. */
export function providerOfServer({ host }: Pick<ServerSettings, 'host'>): Provider | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  return providers.find((one) => one.imap.host === name || one.smtp.host === name) ?? null
}

/** A mailbox's settings at a provider. */
export function settingsAt(provider: Provider, name: string, address: string): MailboxSettings {
  const signIn = provider.oauth ? { signIn: 'oauth' as const } : {}
  return {
    name,
    address,
    imap: { ...provider.imap, user: address, ...signIn },
    smtp: { ...provider.smtp, user: address, ...signIn },
  }
}

/** Client of one's own for a mail server: the exact host first, then the narrowest pattern. */
export function ownClient(host: string, clients: readonly OauthClient[]): OauthClient | null {
  const name = host.toLowerCase().replace(/\.$/, '')
  const fits = clients.filter((one) =>
    one.host.startsWith('*.') ? name.endsWith(one.host.slice(1).toLowerCase()) : one.host.toLowerCase() === name,
  )
  return (
    fits.toSorted(
      (a, b) => Number(a.host.startsWith('*')) - Number(b.host.startsWith('*')) || b.host.length - a.host.length,
    )[0] ?? null
  )
}

/** How to sign in for a server by browser; null: this server has no such way. `clientId` is "" where nobody gave one. */
export function serviceFor(
  host: string,
  uses: readonly MailUse[],
  clients: readonly OauthClient[],
): OauthService | null {
  const own = ownClient(host, clients)
  const oauth = providerOfServer({ host })?.oauth ?? null
  const usual = oauth
    ? [...new Set([...oauth.scope.always, ...uses.flatMap((use) => oauth.scope[use])])].join(' ')
    : 'openid email offline_access'
  const scope = own?.scope || usual
  const client = { clientId: own?.clientId ?? oauth?.clientId ?? '', clientSecret: own?.clientSecret || null, scope }
  if (own?.issuer !== undefined && own.issuer !== oauth?.service.issuer)
    return {
      name: own.name || new URL(own.issuer).host,
      issuer: own.issuer,
      endpoints: null,
      parameters: { prompt: 'consent' },
      ...client,
    }
  return oauth ? { ...oauth.service, ...client } : null
}
