import { ParsedMessage as Schema, type ParsedMessage } from '../../../src-preload/contract/internal'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackView, type View } from '../../../src-main/shared/message-body'

/** A message of these headers. */
export const mail = (headers: string[], body = 'hello\r\n'): Buffer => Buffer.from([...headers, '', body].join('\r\n'))

/** Parses a message and reads what is kept of it. */
export async function parse(raw: Buffer): Promise<ParsedMessage & { view: View }> {
  const message = await parseMessage(raw)
  Schema.parse(message)
  return { ...message, view: unpackView(message.body) }
}

/** A part of `multipart`. */
export const part = (headers: string[], body: string): string => ['--b', ...headers, '', body].join('\r\n')
export const multipart = (kind: string, ...parts: string[]): Buffer =>
  mail(
    ['From: a@b.test', 'MIME-Version: 1.0', `Content-Type: multipart/${kind}; boundary=b`],
    [...parts, '--b--', ''].join('\r\n'),
  )
