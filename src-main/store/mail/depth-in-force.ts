import { isDeepStrictEqual } from 'node:util'
import type { MailboxDepth } from '../../../src-preload/contract/depth'
import { PosternError } from '../../../src-preload/contract/errors'
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { withinPolicy } from '../../shared/depth'
import type { Open } from '../open-store'
import { allMailboxes } from './mailboxes'
import { setDepth } from './parts'

/** How deep mailboxes go as policy has it, whatever was chosen for them. */

type Needed = Pick<Open, 'workspace' | 'support' | 'upkeep'>

/** The mailboxes as they are in force: of each is kept what policy says. */
export function mailboxesInForce({ workspace, support }: Needed): Mailbox[] {
  return allMailboxes(workspace.db.read).map((mailbox) => ({
    ...mailbox,
    depth: withinPolicy(mailbox, support.policy),
  }))
}

/** What comes of the depth that is wanted for a mailbox, its own where none is given. @throws PosternError `not-found` */
export function depthInForce({ workspace, support }: Needed, id: number, wanted?: MailboxDepth): MailboxDepth {
  const mailbox = allMailboxes(workspace.db.read).find((one) => one.id === id)
  if (!mailbox) throw new PosternError('not-found', 'no such mailbox')
  return withinPolicy({ ...mailbox, depth: wanted ?? mailbox.depth }, support.policy)
}

/** After a change of policy: what is here beyond it goes, without a question, and mail fetches by it from now on. */
export function keepDepth({ workspace, support, upkeep }: Needed, changed: (id: number) => void): void {
  for (const mailbox of allMailboxes(workspace.db.read)) {
    const { id } = mailbox
    const depth = withinPolicy(mailbox, support.policy)
    if (isDeepStrictEqual(depth, mailbox.depth)) continue
    setDepth(workspace, id, depth, true)
    upkeep.removalWaits()
    changed(id)
  }
}
