import { useQuery } from '../live'
import { IdentityPage } from '../settings/identity'
import { Mailboxes } from '../settings/mailboxes'
import { EditMailbox } from '../setup/edit-mailbox'
import { goSettings } from '../state/places'

/** All mailboxes, the form of the one that the address names (`3`), or who it is (`identity-3`). */
export function MailboxSettings({ part }: { part: string | null }) {
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes
  const named = part === null ? undefined : mailboxes?.find((one) => String(one.id) === part.replace('identity-', ''))
  if (named && mailboxes && part?.startsWith('identity-'))
    return <IdentityPage key={named.id} mailbox={named} mailboxes={mailboxes} />
  if (named) return <EditMailbox key={named.id} mailbox={named} onClose={() => goSettings('mailboxes')} />
  return mailboxes ? <Mailboxes mailboxes={mailboxes} /> : null
}
