import { addressKey } from '../../src-preload/contract/address'
import { domainOf, isWithin, providerOfAddress } from './providers'

/**
 * Which messages belong together (RFC 5322, 3.6.4): two messages of which one refers to the other, or that refer to the
 * same third one, are of one conversation. If the third one is not here, or went to many (a newsletter), the two must
 * have a person in common besides, and an address of the team's own domain is none. That is a partition by shared ids, so it comes out the same in whatever order mail
 * arrives. Subjects play no part: "Re: Invoice" of two customers are two conversations. What a person decided outweighs
 * all that (`store/threads/arrange`).
 */
export interface Threadable {
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
}

/** RFC 5322 limits a line to 998 characters; a longer "id" is noise. */
const longestId = 998

/** The Message-ID as it stands in a block of headers; null: none. */
export function writtenId(header: string): string | null {
  return /^message-id:\s*<?([^>\s]+)/im.exec(header)?.[1] ?? null
}

/** An id in one form: no angle brackets, no white space. null: no id at all. */
export function normalId(id: string): string | null {
  const bare = id.replace(/[\s<>]/g, '')
  return bare === '' || bare.length > longestId ? null : bare
}

/** All ids that tie a message to its conversation, its own first, each once. */
export function threadIds(message: Threadable): string[] {
  const ids = new Set<string>()
  for (const id of [message.messageId ?? '', ...message.references, ...message.inReplyTo]) {
    const normal = normalId(id)
    if (normal !== null) ids.add(normal)
  }
  return [...ids]
}

/** Whom a message names, and what kind it is: decides whether it can tie strangers together. */
export interface Addressed {
  readonly from: { readonly address: string }
  readonly replyTo: readonly { readonly address: string }[]
  readonly to: readonly { readonly address: string }[]
  readonly cc: readonly { readonly address: string }[]
  readonly bcc: readonly { readonly address: string }[]
  readonly autoKind: string
}

/** Mail to more people than this is no conversation among them. */
const mostInOneConversation = 10
/** People of one message that are remembered for a message that is not here. */
const mostPeople = 4

/**
 * A newsletter, or mail whose readers do not see each other: its Message-ID ties nobody together. Two customers who
 * answer it have nothing else in common.
 * @param own keys of the team's addresses
 */
export function isBroadcast(message: Addressed, own: ReadonlySet<string>): boolean {
  if (message.autoKind === 'newsletter') return true
  const from = addressKey(message.from.address)
  const visible = new Set([...message.to, ...message.cc].map(({ address }) => addressKey(address)))
  const outside = [...visible].filter((key) => !own.has(key))
  if (outside.length > mostInOneConversation) return true
  // Only a letter of ours can be a blind mailing of ours; a customer may well hide us in Bcc.
  if (!own.has(from) || outside.length > 0 || [...visible].some((key) => key !== from)) return false
  return message.bcc.length !== 1
}

/**
 * Keys of the people outside the team whom a message names, the writer first. One of them must be named by another
 * message too before a third message, that is not here, ties the two together. Never empty.
 */
export function outsiders(message: Addressed, own: ReadonlySet<string>): string[] {
  const from = addressKey(message.from.address)
  const others = new Set([...message.replyTo, ...message.to, ...message.cc].map(({ address }) => addressKey(address)))
  others.delete(from)
  const named = [...others].filter((key) => !own.has(key)).toSorted()
  // Every customer who answers a newsletter writes to its address, which need not be a mailbox here.
  const apart = named.filter((key) => !isColleague(key, own))
  const keys = own.has(from) ? (apart.length > 0 ? apart : named) : [from, ...apart]
  return keys.length === 0 ? [''] : keys.slice(0, mostPeople)
}

/** Domains of the team's own addresses, but for those that everybody has an address of. */
const domainsOf = new WeakMap<ReadonlySet<string>, readonly string[]>()

function isColleague(key: string, own: ReadonlySet<string>): boolean {
  const domains =
    domainsOf.get(own) ??
    [...new Set([...own].filter((one) => providerOfAddress(one) === null).map(domainOf))].filter((one) => one !== '')
  domainsOf.set(own, domains)
  const domain = domainOf(key)
  return domains.some((one) => isWithin(domain, one))
}

/**
 * Where a message goes, given the conversations that its ids are known in: the oldest (lowest id) survives and takes
 * the others in; none: a new one.
 */
export function joinConversations(found: readonly number[]): { survivor: number | null; merged: number[] } {
  const sorted = [...new Set(found)].toSorted((a, b) => a - b)
  return { survivor: sorted[0] ?? null, merged: sorted.slice(1) }
}

/** Every repeat is bounded: a subject is a stranger's text. */
const replyMark =
  /^(?:re|aw|antw|sv|vs|odp|rif|ynt|res|enc|fwd?|wg|tr|rv|doorst|i|vb|vl|转发|回复|答复|轉寄|回覆|返信|転送)\s{0,4}(?:\[\d{1,4}\]|\(\d{1,4}\))?\s{0,4}[:：]/iu

/** The subject without the marks of reply and forward of any language's mail program. */
export function baseSubject(subject: string): string {
  let rest = subject.trim()
  for (let mark = replyMark.exec(rest); mark; mark = replyMark.exec(rest)) rest = rest.slice(mark[0].length).trimStart()
  return rest
}

/** `Re: ` or `Fwd: ` in front, once. */
export function prefixedSubject(kind: 'Re' | 'Fwd', subject: string): string {
  return `${kind}: ${baseSubject(subject)}`.trim()
}

/** A subject for comparing: without reply marks, list marks in brackets, case and spacing. */
export function comparableSubject(subject: string): string {
  return baseSubject(baseSubject(subject).replace(/^(?:\[[^\]]{0,60}\]\s{0,4}){1,4}/u, ''))
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, ' ')
    .trim()
}
