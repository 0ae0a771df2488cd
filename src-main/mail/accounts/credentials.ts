import type { AppForMail } from '../../../src-preload/contract/internal'
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Rpc } from '../../shared/port-rpc'
import type { Credentials } from '../sync/imap-session'

/**
 * Signs in with what app keeps for a mailbox. A refused access token is renewed once: it may have been taken back, or a
 * clock is wrong. A second refusal is the owner's to show.
 */
export async function withCredentials<T>(
  app: Pick<Rpc<AppForMail>, 'call'>,
  mailbox: Mailbox,
  use: 'imap' | 'smtp',
  signIn: (credentials: Credentials) => Promise<T>,
): Promise<T> {
  const server = mailbox[use]
  const first = await app.call('credentials.get', { mailboxId: mailbox.id, use, server })
  try {
    return await signIn(first)
  } catch (error) {
    if (first.accessToken === undefined || PosternError.from(error).code !== 'auth-refused') throw error
  }
  return await signIn(await app.call('credentials.get', { mailboxId: mailbox.id, use, server, renew: true }))
}
