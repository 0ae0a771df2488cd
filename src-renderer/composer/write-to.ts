import { call } from '../client'
import { tellFailure } from '../state/acts'
import { goNewMessage } from '../state/places'
import { parseMailto } from './mailto'
import { htmlOfText, toMailHtml } from '../writing/rich-text'

/** Opens a new message with what a mailto: link may give: to, cc, subject, body (R17). */
export async function writeToLink(url: string): Promise<void> {
  const fields = parseMailto(url)
  try {
    const draft = await call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
    const { mailboxId, from, signed, bcc, quote } = draft
    await call('drafts.save', {
      id: draft.id,
      mailboxId,
      from,
      signed,
      bcc,
      quote,
      to: fields.to,
      cc: fields.cc,
      subject: fields.subject,
      html: fields.body === '' ? draft.html : toMailHtml(htmlOfText(fields.body)) + draft.html,
      text: fields.body + draft.text,
    })
    goNewMessage(draft.id)
  } catch (thrown) {
    tellFailure(thrown)
  }
}
