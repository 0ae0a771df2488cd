import { lookup as systemLookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import net, { type LookupFunction } from 'node:net'
import { PosternError } from '../../src-preload/contract/errors'
import { imageType } from '../shared/guards'
import { onErrand } from '../shared/network-gate'
import { collect } from './accounts/web-request'
import { networkError } from './network-error'
import { tlsOptions } from './sync/server-rules'

/** What the fetcher may reach; replaced in tests only, where the server is on loopback. */
export interface Reach {
  resolve(host: string): Promise<readonly string[]>
  allowed(address: string): boolean
}

const mostBytes = 10 * 1024 * 1024
const mostRedirects = 3
const wholeMs = 15_000

const refused = new net.BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  refused.addSubnet(network, prefix, 'ipv4')
// Of IPv6 only the global unicast range is public; in it are tunnels and documentation.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  refused.addSubnet(network, prefix, 'ipv6')
const globalUnicast = new net.BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Addresses of the public internet: not this machine, not its network, not a cloud's metadata (RFC 6890). */
export function isPublicAddress(address: string): boolean {
  if (net.isIPv4(address)) return !refused.check(address, 'ipv4')
  return net.isIPv6(address) && globalUnicast.check(address, 'ipv6') && !refused.check(address, 'ipv6')
}

const publicInternet: Reach = {
  resolve: async (host) => (await systemLookup(host, { all: true, verbatim: true })).map((one) => one.address),
  allowed: isPublicAddress,
}

/**
 * A remote image of a message, when a person allowed it: by http or https, from public addresses only, at every step of
 * a redirect too; no cookies, no referrer, nothing about this machine (R14). Throws `blocked-address`, `too-large`,
 * `unreadable` (no image of a kind that is shown), `not-found`, `timeout` or what the network gave.
 */
export async function fetchImage(
  url: string,
  reach: Reach = publicInternet,
): Promise<{ type: string; bytes: Uint8Array }> {
  const signal = AbortSignal.timeout(wholeMs)
  let target = parse(url)
  for (let redirects = 0; ; redirects += 1) {
    const answer = await request(target, reach, signal)
    if (answer.location === null) {
      const type = imageType(answer.bytes)
      if (type === null) throw new PosternError('unreadable', 'not an image that is shown', { host: target.hostname })
      return { type, bytes: answer.bytes }
    }
    if (redirects >= mostRedirects)
      throw new PosternError('blocked-address', 'too many redirects', { host: target.hostname })
    target = parse(answer.location, target)
  }
}

function parse(url: string, base?: URL): URL {
  if (!URL.canParse(url, base?.href)) throw new PosternError('blocked-address', 'not an address')
  const parsed = new URL(url, base?.href)
  if ((parsed.protocol !== 'https:' && parsed.protocol !== 'http:') || parsed.username !== '' || parsed.password !== '')
    throw new PosternError('blocked-address', 'scheme', { host: parsed.hostname })
  // A secure page must not lead to an open one.
  if (base?.protocol === 'https:' && parsed.protocol === 'http:')
    throw new PosternError('blocked-address', 'redirect to http', { host: parsed.hostname })
  return parsed
}

interface Answer {
  readonly location: string | null
  readonly bytes: Uint8Array
}

async function request(target: URL, reach: Reach, signal: AbortSignal): Promise<Answer> {
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80)
  const blocked = new PosternError('blocked-address', 'not a public address', { host, port })
  const address = await publicAddress(host, reach, blocked, signal, port)
  // The socket goes to the address that was checked; a second answer of the name server changes nothing.
  const lookup: LookupFunction = (_host, options, callback) => {
    const family = net.isIPv6(address) ? 6 : 4
    if (options.all === true) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
  return await new Promise<Answer>((resolve, reject) => {
    const fail = (error: unknown): void =>
      reject(
        signal.aborted ? new PosternError('timeout', 'image', { host, port }) : networkError(error, { host, port }),
      )
    const options = {
      method: 'GET',
      agent: false,
      lookup,
      signal,
      headers: { 'User-Agent': 'Mozilla/5.0', Accept: 'image/*', 'Accept-Encoding': 'identity' },
    } as const
    const answered = (response: http.IncomingMessage): void => {
      if (!reach.allowed(response.socket.remoteAddress ?? '')) {
        response.destroy()
        return reject(blocked)
      }
      const status = response.statusCode ?? 0
      const { location } = response.headers
      if (status >= 300 && status < 400 && location !== undefined) {
        response.destroy()
        return resolve({ location, bytes: new Uint8Array() })
      }
      if (status !== 200) {
        response.destroy()
        return reject(new PosternError('not-found', 'image', { host, port, status }))
      }
      collect(response, mostBytes, { host, port }).then(
        (bytes) => resolve({ location: null, bytes: new Uint8Array(bytes) }),
        fail,
      )
    }
    const outgoing = onErrand({ use: 'remote-image', host, mailboxId: null }, () =>
      target.protocol === 'https:'
        ? https.request(target, { ...options, ...tlsOptions() }, answered)
        : http.request(target, options, answered),
    )
    outgoing.on('error', fail)
    outgoing.end()
  })
}

async function publicAddress(
  host: string,
  reach: Reach,
  blocked: PosternError,
  signal: AbortSignal,
  port: number,
): Promise<string> {
  let addresses: readonly string[]
  try {
    addresses = net.isIP(host) === 0 ? await reach.resolve(host) : [host]
  } catch (error) {
    throw networkError(error, { host, port })
  }
  if (signal.aborted) throw new PosternError('timeout', 'image', { host, port })
  // One private answer among public ones is an attempt to get in.
  const [first] = addresses
  if (first === undefined || !addresses.every((address) => reach.allowed(address))) throw blocked
  return first
}
