/** Why a link is not opened at once. */
export type LinkWarning = 'other-host' | 'userinfo' | 'lookalike' | 'ip-address' | 'long'

export type LinkCheck =
  | { kind: 'refused' }
  | { kind: 'mailto'; url: string }
  | {
      kind: 'web'
      url: string
      host: string
      before: string
      after: string
      shownHost: string | null
      warnings: LinkWarning[]
    }

const fileEndings = /\.(?:js|ts|json|xml|pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|html?|php|aspx?|txt|csv|ics|eml|mp[34])$/i
const hostInText =
  /(?:https?:\/\/(?:[^\s/@]*@)?)?((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,24})(?::\d{1,5})?(?=[/?#\s"'<>),;:]|\.?$|\.\s)/giu

function asciiHost(name: string): string | null {
  try {
    return new URL(`http://${name}/`).hostname
  } catch {
    return null
  }
}

function sameSite(a: string, b: string): boolean {
  const [x, y] = [a.replace(/^www\./, ''), b.replace(/^www\./, '')]
  return x === y || x.endsWith(`.${y}`) || y.endsWith(`.${x}`)
}

/** The first host that the visible text of a link names and that is not where the link leads. */
function otherHost(text: string, host: string): string | null {
  for (const match of text.slice(0, 2000).matchAll(hostInText)) {
    const named = match[1] ?? ''
    if (!/^https?:/i.test(match[0]) && fileEndings.test(named)) continue
    const ascii = asciiHost(named)
    if (ascii !== null && !sameSite(ascii, host)) return named
  }
  return null
}

/**
 * Decides about a link of a mail (R16): only http, https and mailto lead anywhere; a web link whose looks deceive gets
 * warnings and is asked about first. `text` is what the person saw as the link.
 */
export function checkLink(target: string, text: string): LinkCheck {
  let url: URL
  try {
    url = new URL(target.trim())
  } catch {
    return { kind: 'refused' }
  }
  if (url.protocol === 'mailto:') return { kind: 'mailto', url: url.href }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return { kind: 'refused' }
  const host = url.hostname
  const warnings: LinkWarning[] = []
  const shownHost = otherHost(text, host)
  if (shownHost !== null) warnings.push('other-host')
  if (url.username !== '' || url.password !== '') warnings.push('userinfo')
  if (host.split('.').some((label) => label.startsWith('xn--'))) warnings.push('lookalike')
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) warnings.push('ip-address')
  if (url.href.length > 2000) warnings.push('long')
  const at = url.href.indexOf(host, url.username || url.password ? url.href.indexOf('@') : url.protocol.length)
  return {
    kind: 'web',
    url: url.href,
    host,
    before: url.href.slice(0, at),
    after: url.href.slice(at + host.length),
    shownHost,
    warnings,
  }
}

export interface LinkedText {
  text: string
  /** Where it leads, when it is a link. */
  url: string | null
}

const linkInText =
  /https?:\/\/[^\s<>"]+|www\.[^\s<>"]+\.[^\s<>"]+|mailto:[^\s<>"]+|[\p{L}\p{N}._%+-]+@(?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,24}/giu

/** What a sentence puts behind an address: points, and brackets that were not opened inside it. */
function trimAddress(address: string): string {
  let end = address.length
  for (;;) {
    const last = address[end - 1] ?? ''
    const opens = last === ')' ? '(' : last === ']' ? '[' : last === '}' ? '{' : ''
    const inside = address.slice(0, end)
    if (/[.,;:!?'"*_~’”»]/.test(last)) end--
    else if (opens && inside.split(opens).length <= inside.split(last).length - 1) end--
    else return inside
  }
}

/** Finds web and mail addresses in plain text. */
export function linkify(text: string): LinkedText[] {
  const parts: LinkedText[] = []
  let from = 0
  for (const match of text.matchAll(linkInText)) {
    const shown = trimAddress(match[0])
    if (shown.length < 4) continue
    const url = /^(?:https?:|mailto:)/i.test(shown)
      ? shown
      : shown.includes('@') && !/^www\./i.test(shown)
        ? `mailto:${shown}`
        : `http://${shown}`
    if (checkLink(url, '').kind === 'refused') continue
    if (match.index > from) parts.push({ text: text.slice(from, match.index), url: null })
    parts.push({ text: shown, url })
    from = match.index + shown.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), url: null })
  return parts
}
