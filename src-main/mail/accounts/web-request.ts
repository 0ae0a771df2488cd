import type http from 'node:http'
import https from 'node:https'
import type { NetworkUse } from '../../../src-preload/contract/network'
import { PosternError } from '../../../src-preload/contract/errors'
import { onErrand } from '../../shared/network-gate'
import { networkError } from '../network-error'
import { tlsOptions } from '../sync/server-rules'

export interface WebRequest {
  readonly use: NetworkUse
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Bytes of the answer at most. */
  readonly limit: number
  /** Deadline of the whole in ms. */
  readonly ms: number
  readonly signal?: AbortSignal | undefined
}
export interface WebAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/**
 * One request over https with the certificate checked, never an exception to it (R29); no cookies, no redirect followed.
 * Throws `plaintext-refused` for anything but https, `too-large`, `timeout`, `cancelled` or what the network gave.
 */
export async function webRequest(
  address: string,
  { use, method = 'GET', headers = {}, body, limit, ms, signal }: WebRequest,
): Promise<WebAnswer> {
  if (!URL.canParse(address)) throw new PosternError('invalid-input', 'not an address')
  const target = new URL(address)
  const at = { host: target.hostname.replace(/^\[|\]$/g, ''), port: Number(target.port) || 443 }
  if (target.protocol !== 'https:') throw new PosternError('plaintext-refused', 'https only', at)
  const deadline = AbortSignal.timeout(ms)
  const either = signal ? AbortSignal.any([deadline, signal]) : deadline
  try {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        headers: { 'User-Agent': 'Postern', 'Accept-Encoding': 'identity', ...headers },
        agent: false,
        signal: either,
        ...tlsOptions(),
      } as const
      const outgoing = onErrand({ use, host: at.host, mailboxId: null }, () => https.request(target, options, resolve))
      outgoing.on('error', reject)
      outgoing.end(body)
    })
    return { status: response.statusCode ?? 0, headers: response.headers, body: await collect(response, limit, at) }
  } catch (error) {
    if (signal?.aborted) throw new PosternError('cancelled', 'request', at)
    if (deadline.aborted) throw new PosternError('timeout', 'request', at)
    throw networkError(error, at)
  }
}

/** All bytes of an answer. @throws PosternError `too-large` beyond `limit`, of which no more is read */
export async function collect(
  response: http.IncomingMessage,
  limit: number,
  at: { host: string; port: number },
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > limit) {
      response.destroy()
      throw new PosternError('too-large', 'answer', at)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
