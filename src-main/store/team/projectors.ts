import type { Changed } from './log'
import { projectLines } from './lines'
import { projectConversation } from './project-conversation'
import { projectDefinitions, projectFields } from './project-fields'
import { projectGrants } from './project-grants'
import { projectIdentities } from './project-identities'
import { projectMailbox } from './project-mailbox'
import { projectNotes } from './project-notes'
import { projectPeople } from './project-people'
import { projectTag, projectWork } from './project-work'

/**
 * What team state does to the tables that lists read, beyond `team_state` itself. Each runs in the transaction of the
 * event, after the state was made anew, and must come to the same result however often it runs.
 */
export const projectors: readonly ((changed: Changed) => void)[] = [
  projectConversation,
  projectWork,
  projectLines,
  projectNotes,
  projectTag,
  projectGrants,
  ({ group, workspace, own }) => {
    if (!own && group.owner.startsWith('access-log:')) workspace.headsArrived = true
  },
  projectFields,
  projectPeople,
  projectMailbox,
  projectDefinitions,
  projectIdentities,
  ({ tx, group, fields }) => {
    if ([...fields].some((field) => field.startsWith('draft:'))) tx.changes.touched('presence')
    if (group.conversationId === null) tx.changes.touched('team')
  },
]
