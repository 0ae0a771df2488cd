import type { Mailbox } from '../../src-preload/contract'
import { useQuery } from '../live'

const none: readonly Mailbox[] = []

/** The mailboxes of the workspace in their order; none while they are not known yet. */
export function useMailboxes(): readonly Mailbox[] {
  return useQuery('mailboxes.list', {}).data?.mailboxes ?? none
}

/** Whether somebody paused it: nothing comes in or leaves. */
export function useIsPaused(id: number): boolean {
  return useMailboxes().some((mailbox) => mailbox.id === id && mailbox.paused)
}

/** Those that have a server: mail can be sent from them and moved to them. */
export function useServerMailboxes(): readonly Mailbox[] {
  return useMailboxes().filter(({ local }) => !local)
}
