import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { domainOf } from '../../shared/providers'

export interface Published {
  readonly imap: ServerSettings
  readonly smtp: ServerSettings
}

interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Node[]
  text: string
}

const mostNodes = 2000
const deepest = 20

/**
 * Reads settings that a domain publishes in Thunderbird's form (config-v1.1.xml); null when there is nothing usable in it.
 * Only the XML that such files need is understood: a document type, an entity of its own, processing instructions other
 * than the first and anything that is not well formed are refused as a whole, so nothing can be pulled in or blown up (R31).
 */
export function readPublished(text: string, address: string): Published | null {
  if (text.length > 64 * 1024) return null
  const root = parseXml(text)
  const provider =
    root?.name === 'clientConfig' ? root.children.find((node) => node.name === 'emailProvider') : undefined
  if (!provider) return null
  // The order of the file is the provider's preference; encryption from the first byte goes before it.
  const best = (element: string, type: string): ServerSettings | null => {
    const servers = provider.children
      .filter((node) => node.name === element && node.attributes['type'] === type)
      .flatMap((node) => serverOf(node, address) ?? [])
    return servers.find((one) => one.security === 'tls') ?? servers[0] ?? null
  }
  const imap = best('incomingServer', 'imap')
  const smtp = best('outgoingServer', 'smtp')
  return imap && smtp ? { imap, smtp } : null
}

function serverOf(node: Node, address: string): ServerSettings | null {
  const value = (name: string): string =>
    filled(node.children.find((child) => child.name === name)?.text.trim() ?? '', address)
  const security = { SSL: 'tls', STARTTLS: 'starttls' }[value('socketType').toUpperCase()]
  const port = Number(value('port'))
  const host = value('hostname').toLowerCase()
  const user = value('username') || address
  // Without encryption is as good as not published (R28).
  if ((security !== 'tls' && security !== 'starttls') || !Number.isInteger(port) || port < 1 || port > 65535)
    return null
  if (!/^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/.test(host) || user.length > 320)
    return null
  return { host, port, security, user }
}

/** The three place-holders of the form. */
function filled(text: string, address: string): string {
  const [local = ''] = address.split('@')
  return text
    .replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', local)
    .replaceAll('%EMAILDOMAIN%', domainOf(address))
}

const token =
  /<!--[\s\S]*?-->|<\?xml [^<>]*\?>|<\/([A-Za-z][\w.:-]*)\s*>|<([A-Za-z][\w.:-]*)((?:\s+[A-Za-z_:][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/y
const attribute = /([A-Za-z_:][\w.:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

function parseXml(text: string): Node | null {
  const root: Node = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  let nodes = 0
  token.lastIndex = text.startsWith('\uFEFF') ? 1 : 0
  while (token.lastIndex < text.length) {
    const from = token.lastIndex
    const match = token.exec(text)
    // Here stands something that such a file does not need, such as <!DOCTYPE or <![CDATA[.
    if (!match) return null
    const [whole, closing, opening, attributes = '', empty] = match
    const top = open.at(-1)
    if (!top) return null
    if (whole.startsWith('<?')) {
      if (text.slice(0, from).trim().replace('\uFEFF', '') !== '') return null
    } else if (closing !== undefined) {
      if (open.length < 2 || open.pop()?.name !== closing) return null
    } else if (opening !== undefined) {
      const pairs: Record<string, string> = {}
      for (const [, name = '', double, single] of attributes.matchAll(attribute)) {
        const value = plain(double ?? single ?? '')
        if (value === null) return null
        pairs[name] = value
      }
      const node: Node = { name: opening, attributes: pairs, children: [], text: '' }
      nodes += 1
      if (nodes > mostNodes || open.length > deepest) return null
      top.children.push(node)
      if (empty === '') open.push(node)
    } else if (!whole.startsWith('<!--')) {
      const value = plain(whole)
      if (value === null) return null
      top.text += value
    }
  }
  return open.length === 1 ? (root.children[0] ?? null) : null
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text with the five entities of XML and character numbers; null for any other entity. */
function plain(text: string): string | null {
  let good = true
  const out = text.replace(/&([^;&\s]{1,10});|&/g, (_whole, name: string | undefined) => {
    const number = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name ?? '')
    const code = number ? parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16) : -1
    const known = code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : named[name ?? '']
    if (known === undefined) good = false
    return known ?? ''
  })
  return good ? out : null
}
