import { PosternError } from '../../../src-preload/contract/errors'

/** Connections that are being opened: across a change of network they may never get an answer, and their own time is long. */
export class Openings {
  private under = new AbortController()

  private readonly facts: { readonly host?: string; readonly port?: number }

  /** @param server to which; none where there are several */
  constructor(server?: { readonly host: string; readonly port: number }) {
    this.facts = server ? { host: server.host, port: server.port } : {}
  }

  /** For what is opened now. */
  get signal(): AbortSignal {
    return this.under.signal
  }

  /** What is not open after `ms` of another network is given up. */
  networkChanged(ms: number): void {
    this.giveUp(new PosternError('timeout', 'connecting across a change of network', this.facts), ms)
  }

  /** @returns with what they are given up */
  networkLost(): PosternError {
    const error = new PosternError('offline', 'network is gone', this.facts)
    this.giveUp(error)
    return error
  }

  /** What is begun later is left alone. */
  giveUp(error: PosternError, ms = 0): void {
    const before = this.under
    this.under = new AbortController()
    if (ms === 0) before.abort(error)
    else setTimeout(() => before.abort(error), ms).unref()
  }
}

/** What comes of `opening`, or the error with which it is given up before. What it leaves open then is for the caller to close. */
export async function unlessGivenUp<T>(opening: Promise<T>, givenUp: AbortSignal | undefined): Promise<T> {
  if (!givenUp) return await opening
  let end = (): void => undefined
  const ended = new Promise<never>((_, reject) => {
    end = () => reject(PosternError.from(givenUp.reason))
    if (givenUp.aborted) end()
    givenUp.addEventListener('abort', end)
  })
  try {
    return await Promise.race([opening, ended])
  } finally {
    givenUp.removeEventListener('abort', end)
  }
}
