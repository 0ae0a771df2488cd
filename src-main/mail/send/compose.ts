import { createHash } from 'node:crypto'
import type { MailComposerAttachment } from 'nodemailer/lib/mail-composer'
import { isMailAddress } from '../../../src-preload/contract/address'
import type { Address } from '../../../src-preload/contract/mail'
import type { OutboxJob } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'

type Letter = Pick<
  OutboxJob,
  | 'messageId'
  | 'posternId'
  | 'date'
  | 'from'
  | 'to'
  | 'cc'
  | 'subject'
  | 'html'
  | 'text'
  | 'quote'
  | 'signature'
  | 'inReplyTo'
  | 'references'
  | 'files'
>

/**
 * The bytes of a message as they leave, the same for the same job: nothing of this machine, its user, its time zone or
 * its program, no Bcc (R42). Throws `invalid-input` when an address is none.
 */
export async function compose(job: Letter): Promise<Uint8Array> {
  const seed = createHash('sha256').update(job.messageId).digest('hex').slice(0, 24)
  const { html, images } = embedImages(withQuote(signedHtml(job), job.quote), seed)
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const composer = new MailComposer({
    from: address(job.from),
    to: job.to.map(address),
    cc: job.cc.map(address),
    subject: line(job.subject),
    messageId: `<${identifier(job.messageId)}>`,
    date: new Date(job.date).toUTCString().replace('GMT', '+0000'),
    ...(job.inReplyTo === null ? {} : { inReplyTo: `<${identifier(job.inReplyTo)}>` }),
    ...(job.references.length === 0 ? {} : { references: references(job.references).map((id) => `<${id}>`) }),
    headers: { 'X-Postern-Id': line(job.posternId) },
    text: withTextQuote(signedText(job), job.quote),
    html,
    attachments: [
      ...images,
      ...job.files.map((file): MailComposerAttachment => ({
        filename: line(file.name),
        content: Buffer.from(file.bytes),
        contentDisposition: 'attachment',
        contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
      })),
    ],
    textEncoding: 'B',
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: seed,
    boundaryPrefix: 'p',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const node = composer.compile()
  node.keepBcc = false
  return new Uint8Array(await node.build())
}

/** One line of a header: what could begin another header is gone. */
function line(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim()
}

function identifier(id: string): string {
  return id.replace(/[\s<>\u0000-\u001f]/g, '')
}

/** A chain of at most 100: the root and the newest (RFC 5322 3.6.4 sets no limit, servers do). */
function references(ids: readonly string[]): string[] {
  const clean = ids.map(identifier).filter((id) => id !== '')
  return clean.length <= 100 ? clean : [...clean.slice(0, 1), ...clean.slice(-99)]
}

function address({ name, address: value }: Address): { name: string; address: string } {
  if (!isMailAddress(value)) throw new PosternError('invalid-input', 'not an address')
  return { name: line(name), address: value }
}

/** The signature in a block of its own below the text, so that nothing of what was typed is touched. */
function signedHtml({ html, signature }: Pick<Letter, 'html' | 'signature'>): string {
  return signature === null ? html : `${html}<div><br></div><div class="signature">${signature.html}</div>`
}

function signedText({ text, signature }: Pick<Letter, 'text' | 'signature'>): string {
  return signature === null ? text : `${text.trimEnd()}\n\n${signature.text}`
}

/** The original below the answer, each line marked. */
function withTextQuote(text: string, quote: string | null): string {
  const body = text.replaceAll('\r\n', '\n').trimEnd()
  if (quote === null) return `${body}\n`
  const [head, lines] = splitQuote(quote)
  return `${body}\n\n${head === '' ? '' : `${head}\n`}${lines.map((one) => (one === '' ? '>' : one.startsWith('>') ? `>${one}` : `> ${one}`)).join('\n')}\n`
}

function withQuote(html: string, quote: string | null): string {
  if (quote === null) return html
  const [head, lines] = splitQuote(quote)
  return `${html}<br>${head === '' ? '' : `<div>${escapeHtml(head)}</div>`}<blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${lines.map(escapeHtml).join('<br>')}</blockquote>`
}

/** A first line that ends in a colon ("On ... wrote:") stands above the quote, not in it. */
function splitQuote(quote: string): [head: string, lines: string[]] {
  const lines = quote.replaceAll('\r\n', '\n').trimEnd().split('\n')
  const first = lines[0] ?? ''
  if (!first.trimEnd().endsWith(':') || first.startsWith('>')) return ['', lines]
  const rest = lines.slice(1)
  while (rest[0] === '') rest.shift()
  return [first, rest]
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** Images inside the HTML travel as parts of their own: many readers do not show data: addresses. */
function embedImages(html: string, seed: string): { html: string; images: MailComposerAttachment[] } {
  const images: MailComposerAttachment[] = []
  const ids = new Map<string, string>()
  const changed = html.replace(
    /(<img\b[^>]{0,2000}?\ssrc=)(["'])data:(image\/(?:png|jpe?g|gif|webp));base64,([A-Za-z0-9+/=\s]+)\2/gi,
    (_whole, before: string, mark: string, type: string, data: string) => {
      const known = ids.get(data)
      const cid = known ?? `image${images.length + 1}.${seed}@postern.invalid`
      if (known === undefined) {
        ids.set(data, cid)
        images.push({
          cid,
          filename: `image${images.length + 1}.${type.split('/')[1]?.replace('jpeg', 'jpg') ?? 'png'}`,
          contentType: type.toLowerCase(),
          content: Buffer.from(data, 'base64'),
          contentDisposition: 'inline',
        })
      }
      return `${before}${mark}cid:${cid}${mark}`
    },
  )
  return { html: changed, images }
}
