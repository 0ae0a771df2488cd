import { call } from '../client'
import { goNewMessage } from '../state/places'
import { htmlOfText, toMailHtml } from '../writing/rich-text'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly mailboxId: number | null
  readonly file: { readonly name: string; readonly text: string } | null
}

/** Begins a mail as a draft and opens it: a person reads it once more and sends it, or does not. */
export async function draftLetter(letter: Letter): Promise<void> {
  goNewMessage(await keepLetter(letter))
}

/** Begins a mail as a draft. @returns its id */
export async function keepLetter({ to, subject, text, mailboxId, file }: Letter): Promise<number> {
  const draft = await call('drafts.start', { kind: 'new', conversationId: null, messageId: null, mailboxId })
  const { from, signed, bcc, cc, quote } = draft
  await call('drafts.save', {
    id: draft.id,
    mailboxId: draft.mailboxId,
    from,
    signed,
    bcc,
    cc,
    quote,
    to: to === '' ? [] : [{ name: '', address: to }],
    subject,
    html: toMailHtml(htmlOfText(text)) + draft.html,
    text: text + draft.text,
  })
  if (file)
    await call('drafts.attach', {
      id: draft.id,
      name: file.name,
      type: 'text/plain',
      bytes: new TextEncoder().encode(file.text),
    })
  return draft.id
}
