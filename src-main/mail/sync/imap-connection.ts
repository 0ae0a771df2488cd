import { ImapFlow } from 'imapflow'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { withDeadline, withProgress } from './backoff'
import { clientOptions, factsOf, imapFailure, type Credentials } from './imap-client'
import { hearFailures, hearPlainLines } from './imap-raw'
import { unlessGivenUp } from './openings'
import { refusePlaintext } from './server-rules'

export const commandMs = 60_000
const quietMs = 90_000
/** Bytes within that time with which a server is not quiet; fewer could hold a connection for ever (R36). */
const leastBytes = 64 * 1024

/**
 * One IMAP connection with deadlines on everything and failures as PosternError. After a failure of the connection it is
 * closed and stays so; its owner makes a new one.
 */
export abstract class ImapConnection {
  protected readonly client: ImapFlow
  private closedBy: PosternError | null = null
  /** What the command under way failed with. */
  private failedWith: unknown = null
  private opening = true
  private onChangeListener: (() => void) | null = null
  private onCloseListener: (() => void) | null = null

  protected constructor(
    private readonly server: ServerSettings,
    auth: Credentials,
    idle: boolean,
  ) {
    refusePlaintext(server)
    this.client = new ImapFlow(clientOptions(server, auth, idle))
    hearFailures(this.client, (error) => {
      this.failedWith = error
    })
    hearPlainLines(this.client)
    this.client.on('error', (error: unknown) => {
      this.closedBy ??= this.failure(error)
    })
    this.client.on('close', () => {
      if (this.opening) return
      this.closedBy ??= new PosternError('connection-lost', 'closed by the server', this.facts())
      this.onCloseListener?.()
    })
    this.client.on('exists', () => this.changed())
    this.client.on('flags', () => this.changed())
  }

  /** Connects and logs in; closed when it fails, or is given up. */
  protected async connect(givenUp?: AbortSignal): Promise<void> {
    try {
      await withDeadline(
        unlessGivenUp(this.client.connect(), givenUp),
        commandMs,
        () => new PosternError('timeout', 'connect', this.facts()),
      )
      this.opening = false
    } catch (error) {
      this.client.close()
      throw this.failure(error)
    }
  }

  get capabilities(): ReadonlySet<string> {
    return new Set(this.client.capabilities.keys())
  }
  get condstore(): boolean {
    return this.client.enabled.has('CONDSTORE') || this.client.enabled.has('QRESYNC')
  }
  get qresync(): boolean {
    return this.client.enabled.has('QRESYNC')
  }
  /** Labels instead of folders (X-GM-EXT-1). */
  get gmail(): boolean {
    return this.client.capabilities.has('X-GM-EXT-1')
  }
  get closed(): boolean {
    return this.closedBy !== null
  }
  get encrypted(): boolean {
    return this.client.secureConnection && this.client.tls !== undefined && this.client.tls !== false
  }

  /** Told when the selected folder changed (new mail, flags, deletions). */
  onChange(listener: () => void): void {
    this.onChangeListener = listener
  }

  protected changed(): void {
    this.onChangeListener?.()
  }

  onClose(listener: () => void): void {
    this.onCloseListener = listener
    if (this.closed) listener()
  }

  /**
   * After sleep or a change of network: is anybody still there? Ends the session when nothing at all comes within `ms`;
   * a long answer under way counts as life.
   */
  async probe(ms: number): Promise<void> {
    if (this.closedBy) return
    const heard = this.client.stats().received
    const answered = await Promise.race([
      this.client.noop().then(
        () => true,
        () => true,
      ),
      new Promise<false>((resolve) => {
        setTimeout(() => resolve(false), ms).unref()
      }),
    ])
    if (!answered && this.client.stats().received === heard)
      this.drop(new PosternError('timeout', 'no answer to a probe', this.facts()))
  }

  /** Says goodbye, at most two seconds long. */
  async close(): Promise<void> {
    this.onCloseListener = null
    if (!this.closed)
      await withDeadline(this.client.logout(), 2_000, () => new Error('no answer')).catch(() => undefined)
    this.closedBy ??= new PosternError('cancelled', 'closed')
    this.client.close()
  }

  /** Ends at once; a command under way fails with `error`. */
  drop(error: PosternError): void {
    this.closedBy ??= error
    this.client.close()
  }

  protected async run<T>(command: string, work: () => Promise<T>, ms = commandMs): Promise<T> {
    if (this.closedBy) throw this.closedBy
    this.failedWith = null
    try {
      return await withDeadline(work(), ms, () => new PosternError('timeout', command, { ...this.facts(), command }))
    } catch (error) {
      throw this.broken(error)
    }
  }

  /** Why a command came to nothing of which the library says only that it did: a connection that broke is no refusal. */
  protected refusal(command: string): PosternError {
    if (this.failedWith !== null) return this.broken(this.failedWith)
    return this.closedBy ?? new PosternError('server-refused', command, this.facts())
  }

  /** The next row of an answer, which may be large, and the line slow. */
  protected coming<T>(row: Promise<T>): Promise<T> {
    const received = { count: () => this.client.stats().received, least: leastBytes }
    return withProgress(row, quietMs, received, () => new PosternError('timeout', 'fetch', this.facts()))
  }

  /** A refusal by the server leaves the connection as it is; everything else ends it. */
  protected broken(error: unknown): PosternError {
    const failure = this.failure(error)
    if (!['server-refused', 'not-found', 'auth-refused'].includes(failure.code)) this.drop(failure)
    return failure
  }

  private failure(error: unknown): PosternError {
    const failure = imapFailure(error, this.server)
    // That the connection is gone is told by every command that waited; why it went was told once.
    return failure.code === 'connection-lost' && this.closedBy ? this.closedBy : failure
  }

  protected facts(): ErrorDetail {
    return factsOf(this.server)
  }
}
