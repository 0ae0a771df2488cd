import type { Socket } from 'node:net'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'

/** A whole reply of the server: its code, 0 where it is none, and its lines. */
export interface Reply {
  readonly code: number
  readonly text: string
}

const longestReply = 64 * 1024

/** Commands and replies on an open, logged-in SMTP connection, with exact knowledge of what was handed to the system. */
export class SmtpWire {
  private received = ''
  private broken: Error | null = null
  private wake: () => void = () => undefined

  /** Takes the connection over: nobody else may listen on it any more. */
  constructor(
    private readonly socket: Socket,
    private readonly at: ErrorDetail,
  ) {
    for (const event of ['data', 'end', 'close', 'timeout', 'error']) socket.removeAllListeners(event)
    socket.setTimeout(0)
    const end = (error: Error): void => {
      this.broken ??= error
      this.wake()
    }
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1')
      if (this.received.length > longestReply) {
        end(new PosternError('server-broken', 'endless reply', at))
        socket.destroy()
      }
      this.wake()
    })
    socket.on('error', end)
    for (const event of ['end', 'close'] as const)
      socket.on(event, () => end(new PosternError('connection-lost', 'closed', at)))
    if (socket.destroyed) end(new PosternError('connection-lost', 'closed', at))
  }

  /** Resolves once the system has taken all of it. Rejects when the connection is broken before or meanwhile. */
  async write(bytes: string | Uint8Array, ms: number): Promise<void> {
    if (this.broken !== null) throw this.broken
    let taken = false
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, () => {
      taken = true
      this.wake()
    })
    await this.until(() => taken, ms)
  }

  /** The next whole reply. Rejects when the connection breaks or nothing comes for so long. */
  async reply(ms: number): Promise<Reply> {
    await this.until(() => this.wholeReply() > 0, ms)
    const text = this.received.slice(0, this.wholeReply())
    this.received = this.received.slice(text.length)
    return replyOf(text)
  }

  /** Lets a breach that has happened already come to light. Rejects when the connection is broken. */
  async listen(ms: number): Promise<void> {
    try {
      await this.until(() => this.received !== '', ms)
    } catch (error) {
      if (this.broken !== null) throw error
    }
  }

  /** Nothing is said any more, and nobody waits for an answer. */
  close(): void {
    this.socket.destroy()
  }

  /** What came of a reply before the connection broke, when its code is among it; its first line says all that counts. */
  begun(): Reply | null {
    return /^\d{3}/.test(this.received) ? replyOf(this.received) : null
  }

  /** Whether the server says something that nobody has read yet. */
  get speaks(): boolean {
    return this.received !== ''
  }

  /** Length of the first whole reply: lines with a hyphen behind the code go on (RFC 5321 4.2.1). */
  private wholeReply(): number {
    return /^(?:\d{3}-[^\n]*\n)*(?!\d{3}-)[^\n]*\n/.exec(this.received)?.[0].length ?? 0
  }

  private async until(done: () => boolean, ms: number): Promise<void> {
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      this.wake()
    }, ms)
    try {
      while (!done()) {
        if (this.broken !== null) throw this.broken
        if (timedOut) throw new PosternError('timeout', 'no answer', this.at)
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }
}

function replyOf(text: string): Reply {
  return {
    code: Number(/^\d{3}/.exec(text)?.[0] ?? 0),
    text: Buffer.from(text.trimEnd(), 'latin1').toString(),
  }
}
