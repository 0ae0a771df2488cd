import { randomUUID } from 'node:crypto'

/** The folder of the team's messages. It is no mail and is left out of the sync. */
export const teamFolder = 'Postern'
export const isTeamFolder = (path: string, delimiter: string | null): boolean =>
  path === teamFolder || path === `INBOX${delimiter ?? '/'}${teamFolder}`

/** Read by whoever opens the folder in another mail program; not by people who use Postern. */
const explanation = [
  'This message holds team data of Postern: who works on which conversation, notes, tags.',
  'It is encrypted and written by a program. Please do not delete it or this folder.',
  'If it is deleted anyway, Postern puts it back.',
]

/** By these words a new console finds what it reads first. */
export const summarySubject = 'Postern team summary'

/** A message with one attachment, in a form that mail programs leave in peace. Each upload has a Message-ID of its own: some servers keep one of a kind. */
export function teamMessage(address: string, pack: Uint8Array, at: Date, summary = false): Buffer {
  const boundary = `pst-${randomUUID()}`
  const body = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')
  return Buffer.from(
    [
      `From: <${address}>`,
      `To: <${address}>`,
      `Subject: ${summary ? summarySubject : 'Postern team data'} - please do not delete`,
      `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${randomUUID()}@postern.invalid>`,
      'Auto-Submitted: auto-generated',
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=utf-8',
      '',
      ...explanation,
      '',
      `--${boundary}`,
      'Content-Type: application/octet-stream; name="postern.bin"',
      'Content-Disposition: attachment; filename="postern.bin"',
      'Content-Transfer-Encoding: base64',
      '',
      body,
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  )
}

/** Largest message that is taken in, as base64. */
export const largestTeamMessage = 2 * 1024 * 1024

export const unbase64 = (text: Buffer): Buffer =>
  Buffer.from(text.toString('latin1').replace(/[^A-Za-z0-9+/=]/g, ''), 'base64')

/**
 * The attachment of a message whose structure is not ours any more, found by its first letters: servers and archives rebuild
 * messages. Null when there is none.
 */
export function findPack(source: Buffer): Buffer | null {
  // "PST1" in base64, at the beginning of a line.
  const match = /(?:^|\r?\n)(UFNUM[A-Za-z0-9+/=\r\n]+)/.exec(source.toString('latin1'))
  return match?.[1] === undefined ? null : unbase64(Buffer.from(match[1], 'latin1'))
}
