import type { SendLimits } from '../../src-preload/contract/identity'
import type { Mailbox } from '../../src-preload/contract/mailboxes'

/**
 * What large providers document for mail that programs hand in by SMTP. Going beyond locks an account for a day, so
 * messages wait here instead. Below the documented figure where other programs send from the same account too.
 */
const known: readonly { readonly host: RegExp; readonly limits: SendLimits }[] = [
  // Exchange Online: 30 messages a minute by SMTP, 500 recipients a message unless an admin raised it, 10,000 recipients a day
  // (learn.microsoft.com: exchange-online-limits, sending limits).
  {
    host: /(^|\.)(office365\.com|outlook\.office\.com)$/i,
    limits: { perMinute: 28, recipients: 500, recipientsPerDay: 9_500 },
  },
  // Outlook.com and Hotmail for persons.
  {
    host: /(^|\.)(smtp-mail\.outlook\.com|hotmail\.com|live\.com)$/i,
    limits: { perMinute: 28, recipients: 100, recipientsPerDay: 300 },
  },
  // Google Workspace: 100 recipients a message by SMTP, 2,000 messages and 10,000 recipients a day, over 24 hours, not by date
  // (support.google.com/a/answer/166852). We count recipients, so the lower of both holds.
  {
    host: /(^|\.)(gmail\.com|googlemail\.com|smtp-relay\.gmail\.com)$/i,
    limits: { perMinute: 60, recipients: 100, recipientsPerDay: 2_000 },
  },
  // Yahoo: 500 a day, each recipient counted, 100 recipients a message (help.yahoo.com/kb/SLN17518); a minute is not named.
  { host: /(^|\.)(yahoo\.com|aol\.com)$/i, limits: { perMinute: 20, recipients: 100, recipientsPerDay: 475 } },
  // iCloud: 1,000 messages and 1,000 recipients a day, 500 recipients a message (support.apple.com/102198).
  {
    host: /(^|\.)(mail\.me\.com|icloud\.com)$/i,
    limits: { perMinute: 30, recipients: 500, recipientsPerDay: 950 },
  },
  // Zoho: 50 to 500 messages an hour by the sender's reputation, 100 recipients a message in the free plan, 150 in others
  // (zoho.com/mail/help/adminconsole/rates-and-limits.html); 500 recipients a day are told to senders whom it blocks.
  {
    host: /(^|\.)(zoho|zohomail)\.(com|eu|in|jp|sa|ca|com\.au|com\.cn)$/i,
    limits: { perMinute: 8, recipients: 100, recipientsPerDay: 475 },
  },
  // Fastmail: 4,000 recipients in 24 hours, 2,000 an hour, 1,000 in ten minutes on its usual plans, fewer in a trial
  // (fastmail.help/hc/en-us/articles/1500000277382, as others quote it). Thirty messages a minute keep within the hour's figure.
  {
    host: /(^|\.)(fastmail\.com|messagingengine\.com)$/i,
    limits: { perMinute: 30, recipients: 100, recipientsPerDay: 3_800 },
  },
]

/** Enough for any team, and little enough that a loop of whatever kind does no great harm. */
const elsewhere: SendLimits = { perMinute: 120, recipients: 500, recipientsPerDay: 20_000 }

/** Limits of the server that a mailbox sends by. Personal Google accounts may write to a quarter as many. */
export function limitsOf({ smtp }: Pick<Mailbox, 'smtp'>): SendLimits {
  const limits = known.find(({ host }) => host.test(smtp.host))?.limits ?? elsewhere
  return /@(gmail|googlemail)\.com$/i.test(smtp.user) ? { ...limits, recipientsPerDay: 500 } : limits
}

/** A server's own word that it was too much for now, also where it says so with a code that sounds final. */
export function isRateLimit(line: string): boolean {
  return /\b(?:4\.7\.28|5\.4\.5|4\.4\.5|4\.3\.2|4\.7\.500|5\.7\.233)\b|rate.?limit|throttl|(?:sending|message|submission|daily)[\w ]* (?:limit|quota)|too many (?:messages|mails|connections|concurrent)/i.test(
    line,
  )
}

/** Servers that put what was sent by SMTP into Sent by themselves: a copy of ours would be the second. */
export function filesSentItself({ smtp }: Pick<Mailbox, 'smtp'>): boolean {
  return /(^|\.)(gmail\.com|googlemail\.com|office365\.com|outlook\.com|outlook\.office\.com)$/i.test(smtp.host)
}
