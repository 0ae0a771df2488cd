import type { Policy } from './policy'
import { sameAddress } from './address'

/** What policy says of the mailbox with an address; undefined when it does not name it. */
export function managedMailbox({ mailboxes = [] }: Pick<Policy, 'mailboxes'>, address: string) {
  return mailboxes.find((one) => sameAddress(one.address, address))
}
