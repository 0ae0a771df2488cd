import { domainToASCII } from 'node:url'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { isRateLimit } from '../../shared/provider-limits'
import { networkError, serverLine, type Endpoint } from '../network-error'
import type { Reply, SmtpWire } from './smtp-wire'

export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
}

/** What became of a message that was handed to the server. */
export type SendResult =
  | {
      readonly state: 'accepted'
      readonly refused: readonly Refusal[]
      readonly line: string
    }
  /** Not taken, and the server has nothing of it. `final`: trying the same again is of no use. */
  | {
      readonly state: 'not-sent'
      readonly final: boolean
      readonly error: PosternError
      readonly refused: readonly Refusal[]
      readonly line: string
    }
  /** The end of the message had left when the connection broke, and no answer came: nobody knows (R40). */
  | { readonly state: 'unknown'; readonly error: PosternError; readonly refused: readonly Refusal[] }

interface Refusal {
  readonly address: string
  readonly line: string
}

/** Of a command, and of the whole message once its end has left (RFC 5321 4.5.3.2.6). */
const [commandMs, finalMs] = [120_000, 600_000]
/** Between the last byte that cannot complete a message and the first that can. */
const listenMs = 150

/** Servers (host and port) that offer chunks and do not know them, until the program ends. */
const chunkless = new Set<string>()
/** A line with which such a server, reading the content as commands, would begin to take a part of it for the message. */
const startsContent = /^[ \t]*(?:DATA|BDAT)\b/im

/**
 * Hands one message over; never throws. Ours and not the library's, because it must be known how far the server can be (R40):
 * - With CHUNKING (RFC 3030) the server confirms that it holds the whole message before it is told, in 13 bytes, to take it.
 *   A connection that breaks before those has surely delivered nothing. One chunk: some servers wait five seconds at each.
 *   Not for content with a line that says DATA or BDAT: a server that only claims to know chunks would send half of it on.
 * - Without it the final dot leaves by itself, after all else was written and a breach had a moment to be noticed.
 * - An answer of which the code came counts, also where its end did not.
 *
 * `ending` is awaited before the end leaves; where it rejects, nothing was sent.
 */
export async function handOver(
  wire: SmtpWire,
  server: Endpoint,
  hello: string,
  envelope: Envelope,
  raw: Uint8Array,
  ending: () => Promise<unknown>,
): Promise<SendResult> {
  const offered = extensionsOf(hello)
  const transaction = new Transaction(wire, { host: server.host, port: server.port }, ending)
  try {
    const largest = Number(offered.get('SIZE') ?? 0)
    if (largest > 0 && raw.length > largest) return transaction.refusedHere('too-large')
    if (envelope.to.length === 0 || [envelope.from, ...envelope.to].some((one) => /[\r\n<>]/.test(one)))
      return transaction.refusedHere('recipient-refused')
    return (
      (await transaction.address(envelope, raw, offered)) ??
      (offered.has('CHUNKING') && !chunkless.has(nameOf(server)) && !mayStartContent(raw)
        ? await transaction.chunk(raw)
        : null) ??
      // It offers chunks and does not know them.
      (transaction.needsReset ? await transaction.address(envelope, raw, offered) : null) ??
      (await transaction.data(raw))
    )
  } catch (error) {
    return transaction.broken(networkError(error, server))
  } finally {
    // A goodbye would stand on the line of the end, and a lenient server would take the message.
    if (transaction.endBegun) wire.close()
  }
}

class Transaction {
  private refused: Refusal[] = []
  /** From here on the server may have it. */
  private complete = false
  needsReset = false
  /** The end stands there and lacks its last two bytes. */
  endBegun = false

  constructor(
    private readonly wire: SmtpWire,
    private readonly at: ErrorDetail,
    private readonly ending: () => Promise<unknown>,
  ) {}

  /** MAIL and RCPT. null: at least one recipient may have it. */
  async address(
    { from, to }: Envelope,
    raw: Uint8Array,
    offered: ReadonlyMap<string, string>,
  ): Promise<SendResult | null> {
    // No server refuses RSET: what it refuses is a line of the content, and its answers to all others are still to come.
    if (this.needsReset) {
      const reset = await this.command('RSET')
      if (!isGood(reset)) return this.chunksNotKnown(reset)
    }
    this.refused = []
    const [sender, ...people] = [from, ...to].map(withPlainDomain)
    const plain = [sender, ...people].every(isPlain)
    const options = [
      ...(!plain && offered.has('SMTPUTF8') ? [' SMTPUTF8'] : []),
      ...(offered.has('8BITMIME') && raw.some((byte) => byte > 0x7f) ? [' BODY=8BITMIME'] : []),
      ...(offered.has('SIZE') ? [` SIZE=${raw.length}`] : []),
    ]
    const commands = [`MAIL FROM:<${sender}>${options.join('')}`, ...people.map((one) => `RCPT TO:<${one}>`)]
    const together = offered.has('PIPELINING')
    if (together) await this.wire.write(commands.map((one) => `${one}\r\n`).join(''), commandMs)
    const replies: Reply[] = []
    for (const command of commands) {
      const reply = together ? await this.wire.reply(commandMs) : await this.command(command)
      replies.push(reply)
      if (replies.length === 1 && !isGood(reply)) break
    }
    const [mail, ...recipients] = replies
    if (!mail || !isGood(mail)) return this.refusal('MAIL FROM', mail)
    this.refused = recipients.flatMap((reply, index) =>
      isGood(reply) ? [] : [{ address: to[index] ?? '', line: serverLine(reply.text) }],
    )
    return this.refused.length === to.length ? this.refusal('RCPT TO', recipients.at(-1)) : null
  }

  /** The whole as one chunk, and, once the server has it, the word that this was all. null: it does not know BDAT. */
  async chunk(raw: Uint8Array): Promise<SendResult | null> {
    const bytes = withLineEnds(raw)
    await this.wire.write(`BDAT ${bytes.length}\r\n`, commandMs)
    await this.content(bytes)
    const held = await this.wire.reply(commandMs)
    if (held.code >= 500 && held.code <= 503) {
      chunkless.add(nameOf(this.at))
      this.needsReset = true
      // One that took each line of the content for a command answers all of them: nothing it says from here on can be told apart.
      await this.wire.listen(listenMs)
      return this.wire.speaks ? this.chunksNotKnown(held) : null
    }
    if (!isGood(held)) return this.refusal('DATA', held)
    this.endBegun = true
    await this.wire.write('BDAT 0 LAST', commandMs)
    return await this.finish('\r\n')
  }

  private chunksNotKnown({ text }: Reply): SendResult {
    return {
      state: 'not-sent',
      final: false,
      error: new PosternError('server-broken', 'chunks are offered and not known', this.at),
      refused: [],
      line: serverLine(text),
    }
  }

  async data(raw: Uint8Array): Promise<SendResult> {
    const go = await this.command('DATA')
    if (go.code !== 354) return this.refusal('DATA', go)
    await this.content(withDotsDoubled(withLineEnds(raw)))
    return await this.finish('.\r\n')
  }

  /** In pieces, so that a slow line has its time for each; a server may refuse before it has all. */
  private async content(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.wire.speaks; at += 65_536)
      await this.wire.write(bytes.subarray(at, at + 65_536), commandMs)
  }

  private async finish(end: string): Promise<SendResult> {
    await this.wire.listen(listenMs)
    if (!this.wire.speaks) await this.ending()
    // Whatever it says now is no answer to a message that it has not got.
    if (this.wire.speaks) return this.refusal('DATA', await this.wire.reply(commandMs))
    const written = this.wire.write(end, finalMs)
    this.complete = true
    this.endBegun = false
    await written
    return this.answered(await this.wire.reply(finalMs))
  }

  private answered(reply: Reply): SendResult {
    return isGood(reply)
      ? { state: 'accepted', refused: this.refused, line: serverLine(reply.text) }
      : this.refusal('DATA', reply)
  }

  /** The connection broke. */
  broken(failure: PosternError): SendResult {
    const begun = this.wire.begun()
    // A last word before it closes, such as 421 or 552, says more than that it closed.
    if (begun !== null && (this.complete || begun.code >= 400)) return this.answered(begun)
    return this.complete
      ? {
          state: 'unknown',
          error: new PosternError('sent-uncertain', failure.code, failure.detail),
          refused: this.refused,
        }
      : { state: 'not-sent', final: false, error: failure, refused: [], line: '' }
  }

  refusedHere(code: 'too-large' | 'recipient-refused'): SendResult {
    return {
      state: 'not-sent',
      final: true,
      error: new PosternError(code, 'refused here', this.at),
      refused: [],
      line: '',
    }
  }

  private refusal(command: 'MAIL FROM' | 'RCPT TO' | 'DATA', reply: Reply = { code: 0, text: '' }): SendResult {
    const line = serverLine(reply.text)
    const limit = isRateLimit(line)
    const detail = { ...this.at, serverLine: line }
    return {
      state: 'not-sent',
      final:
        !limit &&
        (command === 'RCPT TO' ? this.refused.every(({ line: one }) => one.startsWith('5')) : reply.code >= 500),
      error: limit
        ? new PosternError('rate-limited', 'too much for now', detail)
        : new PosternError(refusalCode(command, reply), 'refused', detail),
      refused: this.refused,
      line,
    }
  }

  private async command(line: string): Promise<Reply> {
    await this.wire.write(`${line}\r\n`, commandMs)
    return await this.wire.reply(commandMs)
  }
}

/** What the server offers, by name, with what stands behind it. */
export function extensionsOf(hello: string): Map<string, string> {
  return new Map(
    [...hello.matchAll(/^250[ -]([A-Z0-9-]+)(?: ([^\r\n]*))?\r?$/gim)].map(([, name = '', rest = '']) => [
      name.toUpperCase(),
      rest,
    ]),
  )
}

const isPlain = (text = ''): boolean => /^[\x20-\x7e]*$/.test(text)

/** A domain with letters beyond ASCII as all servers know it (RFC 5890); what stands before it has no such other form. */
function withPlainDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  if (isPlain(address) || !isPlain(address.slice(0, at))) return address
  return address.slice(0, at) + (domainToASCII(address.slice(at)) || address.slice(at))
}

const nameOf = ({ host, port }: ErrorDetail | Endpoint): string => `${host}:${port}`

const isGood = ({ code }: Reply): boolean => code >= 200 && code < 300

/** Every line ends in CRLF, the last one too; no CR or LF stands alone (RFC 5321 2.3.8). */
export function withLineEnds(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const text = bytes.toString('latin1')
  if (text.endsWith('\r\n') && !/\r(?!\n)|(?<!\r)\n/.test(text)) return bytes
  const ended = text.replace(/\r\n?|\n/g, '\r\n')
  return Buffer.from(ended.endsWith('\r\n') ? ended : `${ended}\r\n`, 'latin1')
}

const mayStartContent = (raw: Uint8Array): boolean =>
  startsContent.test(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('latin1'))

/** A dot at the start of a line is doubled (RFC 5321 4.5.2). */
export function withDotsDoubled(bytes: Buffer): Buffer {
  return bytes[0] === 0x2e || bytes.includes('\n.')
    ? Buffer.from(bytes.toString('latin1').replace(/(^|\n)\./g, '$1..'), 'latin1')
    : bytes
}

function refusalCode(
  command: 'MAIL FROM' | 'RCPT TO' | 'DATA',
  { code, text }: Reply,
): 'recipient-refused' | 'sender-refused' | 'message-refused' | 'too-many-recipients' | 'server-refused' | 'too-large' {
  if (code === 552 || /\b5\.3\.4\b/.test(text)) return 'too-large'
  if (code < 400) return 'server-refused'
  if (command === 'RCPT TO')
    return code === 452 || /too many recipients/i.test(text) ? 'too-many-recipients' : 'recipient-refused'
  return command === 'MAIL FROM' ? 'sender-refused' : 'message-refused'
}
