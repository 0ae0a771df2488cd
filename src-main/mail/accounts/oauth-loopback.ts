import http from 'node:http'
import { PosternError } from '../../../src-preload/contract/errors'

/** How long a person may take in the browser, in ms. */
export const browserMs = 5 * 60_000

/** What the browser shows at the end; it loads nothing and says no more than needed. */
const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title><body style="font:15px/1.6 system-ui,sans-serif;margin:20vh auto;max-width:26em;padding:0 1em"><h1 style="font-size:20px">${title}</h1><p>${text}</p></body></html>`
const answers = {
  done: page('Back to Postern', 'The browser has done its part. You can close this tab and go on in Postern.'),
  refused: page(
    'Not signed in',
    'The provider did not give the access. Postern says what to do. You can close this tab.',
  ),
  foreign: page('Nothing to do here', 'This address belongs to a sign-in that is over or was not begun by Postern.'),
}

export interface Loopback {
  /** What the authorization request names as redirect URI (RFC 8252, 7.3). */
  readonly redirectUri: string
  /** The parameters that came with the right state. Rejects with `timeout` after five minutes and with `cancelled`. */
  readonly parameters: Promise<URLSearchParams>
  close(): void
}

/**
 * Waits on 127.0.0.1 and a random port for the browser to come back once. A request with another state, path, method or
 * host name is answered with a page and otherwise ignored: no page in the browser can end or feed the sign-in.
 */
export async function openLoopback(state: string, signal: AbortSignal, ms = browserMs): Promise<Loopback> {
  const server = http.createServer({ maxHeaderSize: 32 * 1024 })
  server.on('clientError', (_error, socket) => socket.destroy())
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      if (typeof address === 'object' && address) resolve(address.port)
      else reject(new PosternError('internal', 'no port'))
    })
  })
  const redirectUri = `http://127.0.0.1:${port}/`
  let close = (): void => undefined
  const parameters = new Promise<URLSearchParams>((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new PosternError('timeout', 'browser'))), ms)
    const cancelled = (): void => end(() => reject(new PosternError('cancelled', 'browser')))
    const end = (then: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancelled)
      server.close()
      // The answer is on its way; what else is open is nobody's business any more.
      setTimeout(() => server.closeAllConnections(), 500).unref()
      then()
    }
    close = () => end(() => undefined)
    if (signal.aborted) return cancelled()
    signal.addEventListener('abort', cancelled)
    server.on('request', (request, response) => {
      const say = (status: number, text: string): void => {
        response.writeHead(status, {
          'Content-Type': 'text/html; charset=utf-8',
          'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
          'Referrer-Policy': 'no-referrer',
          'Cache-Control': 'no-store',
          Connection: 'close',
        })
        response.end(text)
      }
      const url = new URL(request.url ?? '/', redirectUri)
      const ours =
        request.method === 'GET' &&
        request.headers.host === `127.0.0.1:${port}` &&
        url.pathname === '/' &&
        url.searchParams.get('state') === state
      if (!ours) return say(404, answers.foreign)
      say(200, url.searchParams.has('error') ? answers.refused : answers.done)
      return end(() => resolve(url.searchParams))
    })
    return undefined
  })
  // Whoever is not waiting yet must not make it an unhandled rejection.
  parameters.catch(() => undefined)
  return { redirectUri, parameters, close: () => close() }
}
