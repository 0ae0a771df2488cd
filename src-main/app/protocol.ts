import { readdir, readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { net, protocol, type ProtocolRequest, type Session } from 'electron'

/** The app's own pages. `postern-mail` is a second origin, so that mail never shares one with the app (R11). */
export const appOrigin = 'postern://app'
export const mailOrigin = 'postern-mail://frame'

const appPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "media-src 'none'",
  `frame-src ${mailOrigin}`,
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]
const mailPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // The thread that reads a PDF.
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  `frame-ancestors ${appOrigin}`,
]

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
}

/** Must run before the app is ready. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([
    { scheme: 'postern', privileges },
    { scheme: 'postern-mail', privileges },
  ])
}

/** Our pages by path, read while Electron itself still starts: the window then waits for no disk. */
export type Pages = ReadonlyMap<string, Buffer | (() => Promise<Buffer>)>
/** What draws a PDF is two thirds of all that is served, and few ever open one in here: read when it is asked for. */
const rare = /^assets[\\/]pdf/

/** Reads every file that may be served: a page of ours, known by name before anybody asks (R4). */
export async function readPages(root: string): Promise<Pages> {
  const base = normalize(root)
  const names = await readdir(base, { recursive: true }).catch(() => [])
  const files = names.filter((name) => types[extname(name)] !== undefined)
  return new Map(
    await Promise.all(
      files.map(async (name) => {
        const path = `/${name.split(sep).join('/')}`
        const read = () => readFile(join(base, name))
        return [path, rare.test(name) ? read : await read()] as const
      }),
    ),
  )
}

interface Answer {
  statusCode: number
  headers: Record<string, string>
  data: Buffer
}

/**
 * Serves both origins out of `pages` and nothing else: no other host, no other path, GET only (R4, R5).
 * By the older of Electron's two interfaces: the newer one speaks in Node's `Request` and `Response`, whose loading alone takes
 * app 50 ms of every start, before the page.
 */
export function servePages(session: Session, pages: Promise<Pages>, devServer: string | undefined): void {
  const serve = (scheme: string, host: string, policy: readonly string[], allowed: (path: string) => boolean): void => {
    const headers = {
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-dns-prefetch-control': 'off',
    }
    const refused: Answer = { statusCode: 404, headers, data: Buffer.alloc(0) }
    const answer = async (request: ProtocolRequest): Promise<Answer> => {
      const url = new URL(request.url)
      let path: string
      try {
        path = decodeURIComponent(url.pathname)
      } catch {
        return refused
      }
      if (path === '/') path = '/index.html'
      const type = types[extname(path)]
      if (url.host !== host || request.method !== 'GET') return refused
      if (devServer !== undefined) return fromDevServer(devServer, url, policy)
      const content = (await pages).get(path)
      if (!content || !allowed(path) || type === undefined) return refused
      const data = typeof content === 'function' ? await content() : content
      return { statusCode: 200, headers: { ...headers, 'content-type': type }, data }
    }
    // oxlint-disable-next-line typescript/no-deprecated -- see above
    session.protocol.registerBufferProtocol(scheme, (request, reply) => {
      answer(request).then(reply, () => reply(refused))
    })
  }
  serve('postern', 'app', appPolicy, (path) => !/(mail|pdf)-frame/.test(path))
  serve('postern-mail', 'frame', mailPolicy, (path) => /^\/((mail|pdf)-frame\.html$|assets\/)/.test(path))
}

/** Hot reload in development: the same origins, served by the local dev server, whose client needs inline styles and a socket. */
async function fromDevServer(devServer: string, url: URL, policy: readonly string[]): Promise<Answer> {
  const response = await net.fetch(new URL(url.pathname + url.search, devServer).href, {
    bypassCustomProtocolHandlers: true,
  })
  const loose = policy.map((rule) => (/^(script|style)-src/.test(rule) ? `${rule} 'unsafe-inline'` : rule))
  const headers = {
    ...Object.fromEntries(response.headers),
    'content-security-policy': [...loose, `connect-src 'self' ${devServer.replace('http', 'ws')}`].join('; '),
  }
  return { statusCode: response.status, headers, data: Buffer.from(await response.arrayBuffer()) }
}
