/**
 * Which messages belong together (RFC 5322, 3.6.4): two messages that share a Message-ID, as their own or as one they
 * refer to, are of one conversation. That is a partition by shared ids, so it comes out the same in whatever order
 * mail arrives. Subjects play no part: "Re: Invoice" of two customers are two conversations.
 */
export interface Threadable {
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
}

/** RFC 5322 limits a line to 998 characters; a longer "id" is noise. */
const longestId = 998

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

/**
 * Where a message goes, given the conversations that its ids are known in: the oldest (lowest id) survives and takes
 * the others in; none: a new one.
 */
export function joinConversations(found: readonly number[]): { survivor: number | null; merged: number[] } {
  const sorted = [...new Set(found)].toSorted((a, b) => a - b)
  return { survivor: sorted[0] ?? null, merged: sorted.slice(1) }
}

/** Every repeat is bounded: a subject is a stranger's text. */
const replyMark = /^(?:re|aw|antw|sv|vs|odp|rif|ynt|res|enc|fwd?|wg|tr|rv|doorst|i|vb|vl|转发|回复|答复|轉寄|回覆|返信|転送)\s{0,4}(?:\[\d{1,4}\]|\(\d{1,4}\))?\s{0,4}[:：]/iu

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
