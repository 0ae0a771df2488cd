import { call } from '../client'
import { goNewMessage } from '../state/places'
import type { SupportLetter } from '../state/support-letter'
import { t } from '../text'
import { fullTime } from '../text/time'
import { htmlOfText, toMailHtml } from '../writing/rich-text'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly mailboxId: number | null
  readonly file: { readonly name: string; readonly text: string } | null
}

/** The mail that comes of what was typed for the support team. Diagnostics that are not wanted any more stay here, also when they are made after that. */
export function letterOf({ to, subject, what, mailboxId, attach, report, granted }: SupportLetter): Letter {
  const grant = granted && {
    name: granted.name,
    fingerprint: granted.fingerprint,
    scope: t(`privacy:scopes.${granted.scope}`),
    when: fullTime(granted.endsAt),
  }
  return {
    to: to ?? '',
    subject: subject.trim(),
    text: what.trim() + (grant ? `\n\n${t('reports:contact.grantLine', grant)}` : ''),
    mailboxId,
    file: attach && report !== null ? { name: t('reports:contact.fileName'), text: report } : null,
  }
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
