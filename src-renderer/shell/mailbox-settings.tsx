import { useQuery } from '../live'
import { Mailboxes } from '../settings/mailboxes'
import { EditMailbox } from '../setup/edit-mailbox'
import { goSettings } from '../state/places'

/** All mailboxes, or the form of the one that the address names. */
export function MailboxSettings({ part }: { part: string | null }) {
  const mailboxes = useQuery('mailboxes.list', {}, { topics: ['mailboxes'] }).data?.mailboxes
  const edited = part === null ? undefined : mailboxes?.find((one) => String(one.id) === part)
  if (edited) return <EditMailbox key={edited.id} mailbox={edited} onClose={() => goSettings('mailboxes')} />
  return mailboxes ? <Mailboxes mailboxes={mailboxes} /> : null
}
