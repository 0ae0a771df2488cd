import { Resolver } from 'node:dns/promises'
import type { MailboxSettings, ServerSettings } from '../../../src-preload/contract/mailboxes'
import type { FoundSettings } from '../../../src-preload/contract/calls'
import { PosternError } from '../../../src-preload/contract/errors'
import { lookUpName, onErrand } from '../../shared/network-gate'
import { logger } from '../../shared/log'
import { domainOf, isWithin, providerOfAddress, providerOfExchangers, settingsAt } from '../../shared/providers'
import { readPublished, type Published } from './autoconfig-file'
import { lookAtCertificate, openPort, type MailProtocol } from './server-probe'
import { webRequest } from './web-request'

const log = logger('autoconfig')

type Found = Omit<FoundSettings, 'provider'>

/** How the world outside is asked; replaced in tests. */
export interface Outside {
  mx(domain: string): Promise<string[]>
  srv(name: string): Promise<{ name: string; port: number }[]>
  /** The text at an https address; null when there is none. */
  text(url: string): Promise<string | null>
  /** Whether a mail server with an accepted certificate answers there. */
  answers(protocol: MailProtocol, server: Omit<ServerSettings, 'user'>): Promise<boolean>
}

const fileBytes = 64 * 1024
const webMs = 6_000
const guessMs = 4_000

function outside(): Outside {
  const names = new Resolver({ timeout: 3000, tries: 2 })
  const ask = <T>(host: string, question: () => Promise<T>): Promise<T> =>
    lookUpName({ use: 'look-up', host, mailboxId: null }, names.getServers(), question)
  return {
    mx: async (domain) =>
      (await ask(domain, () => names.resolveMx(domain)))
        .toSorted((a, b) => a.priority - b.priority)
        .map((one) => one.exchange),
    srv: async (name) =>
      (await ask(name, () => names.resolveSrv(name)))
        .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
        .map((one) => ({ name: one.name, port: one.port })),
    text: async (url) => {
      const answer = await webRequest(url, { use: 'find-settings', limit: fileBytes, ms: webMs })
      return answer.status === 200 ? answer.body.toString('utf8') : null
    },
    answers: async (protocol, server) =>
      onErrand({ use: 'find-settings', host: server.host, mailboxId: null }, async () => {
        const socket = await openPort(server.host, server.port, guessMs)
        try {
          return (await lookAtCertificate(socket, protocol, { ...server, user: 'x' })).failure === null
        } finally {
          socket.destroy()
        }
      }),
  }
}

/**
 * Settings for an address: what is known of its provider, what its domain publishes over https (the Thunderbird form), its
 * mail exchanger, its SRV records (RFC 6186, RFC 8314), and guesses that answered. Only the domain's own hosts are asked, and
 * none of them is told the address. null: nothing was found.
 */
export async function findSettings(address: string, world: Outside = outside()): Promise<Found | null> {
  const domain = domainOf(address)
  if (!/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(domain))
    throw new PosternError('invalid-input', 'domain')
  const name = nameOf(address)
  const known = providerOfAddress(address)
  if (known) return { settings: settingsAt(known, name, address), source: 'known', foreign: [], weaker: false }
  // All at once; the better source wins, and a slow one does not hold up a better one that is here.
  const asked = [
    fromFile(address, domain, name, world),
    fromExchanger(address, name, world),
    fromRecords(address, domain, name, world),
  ]
  for (const one of asked) {
    const found = await one
    if (found) return found
  }
  return await fromGuesses(address, domain, name, world)
}

const nameOf = (address: string): string => {
  const [first = '', ...rest] = Array.from((address.split('@')[0] ?? '').split(/[.+]/)[0] ?? '')
  return (first.toUpperCase() + rest.join('')).slice(0, 80) || 'Mail'
}

const quietly = async <T>(what: string, work: Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await work
  } catch (error) {
    log.info('not found', { what, code: PosternError.from(error).code })
    return otherwise
  }
}

async function fromFile(address: string, domain: string, name: string, world: Outside): Promise<Found | null> {
  for (const url of [
    `https://autoconfig.${domain}/mail/config-v1.1.xml`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ]) {
    const text = await quietly('file', world.text(url), null)
    if (text === null) continue
    const published = readPublished(text, address)
    if (published) return found(published, address, domain, name, 'published')
  }
  return null
}

async function fromExchanger(address: string, name: string, world: Outside): Promise<Found | null> {
  const provider = providerOfExchangers(await quietly('mx', world.mx(domainOf(address)), []))
  // The provider is one that Postern knows; choosing it and the consent that follows are the person's confirmation.
  return provider
    ? { settings: settingsAt(provider, name, address), source: 'exchanger', foreign: [], weaker: false }
    : null
}

async function fromRecords(address: string, domain: string, name: string, world: Outside): Promise<Found | null> {
  const first = async (
    services: readonly (readonly [string, 'tls' | 'starttls'])[],
  ): Promise<Omit<ServerSettings, 'user'> | null> => {
    for (const [service, security] of services) {
      const [record] = await quietly('srv', world.srv(`_${service}._tcp.${domain}`), [])
      // A single dot says that the service is decidedly not there (RFC 2782).
      const host = record?.name.toLowerCase().replace(/\.$/, '') ?? ''
      if (record && host !== '') return { host, port: record.port, security }
    }
    return null
  }
  const [imap, smtp] = await Promise.all([
    first([
      ['imaps', 'tls'],
      ['imap', 'starttls'],
    ]),
    first([
      ['submissions', 'tls'],
      ['submission', 'starttls'],
    ]),
  ])
  if (!imap || !smtp) return null
  return found({ imap: { ...imap, user: address }, smtp: { ...smtp, user: address } }, address, domain, name, 'srv')
}

async function fromGuesses(address: string, domain: string, name: string, world: Outside): Promise<Found | null> {
  const guess = async (
    protocol: MailProtocol,
    hosts: readonly string[],
    ports: readonly (readonly [number, 'tls' | 'starttls'])[],
  ): Promise<Omit<ServerSettings, 'user'> | null> => {
    const tried = hosts.flatMap((host) => ports.map(([port, security]) => ({ host, port, security })))
    const good = await Promise.all(
      tried.map(async (server) => ((await quietly('guess', world.answers(protocol, server), false)) ? server : null)),
    )
    return good.find((one) => one !== null) ?? null
  }
  const [imap, smtp] = await Promise.all([
    guess(
      'imap',
      [`imap.${domain}`, `mail.${domain}`, domain],
      [
        [993, 'tls'],
        [143, 'starttls'],
      ],
    ),
    guess(
      'smtp',
      [`smtp.${domain}`, `mail.${domain}`, domain],
      [
        [465, 'tls'],
        [587, 'starttls'],
      ],
    ),
  ])
  if (!imap || !smtp) return null
  return found({ imap: { ...imap, user: address }, smtp: { ...smtp, user: address } }, address, domain, name, 'guessed')
}

/** Puts it together; servers elsewhere are named, because DNS and files can lie (R31). */
function found(
  { imap, smtp }: Published,
  address: string,
  domain: string,
  name: string,
  source: Found['source'],
): Found {
  const settings: MailboxSettings = { name, address, imap, smtp }
  const foreign = [...new Set([imap.host, smtp.host])].filter((host) => !isWithin(host, domain))
  return { settings, source, foreign, weaker: imap.security !== 'tls' || smtp.security !== 'tls' }
}
