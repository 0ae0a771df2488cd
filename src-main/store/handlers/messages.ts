import type { messageCalls } from '../../../src-preload/contract/calls/messages'
import { PosternError } from '../../../src-preload/contract/errors'
import { messageBody, messageSource } from '../conversations/conversations'
import { imagePart, remoteImage } from '../mail/files'
import { fetchWhole } from '../mail/parts'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** What one message holds. */
export function messages(service: StoreService): Handlers<typeof messageCalls> {
  /** Policy may keep every remote image out, also of messages that were allowed before. */
  const mayFetch = (): void => {
    if (service.open.support.policy.remoteContent === 'never')
      throw new PosternError('not-allowed', 'policy keeps remote images out', { managed: true })
  }
  return {
    'messages.body': ({ id }) => messageBody(service.read, id),
    'messages.fetch': async ({ id }) => {
      await fetchWhole(service.open.workspace, id)
      return {}
    },
    'messages.source': ({ id }) => messageSource(service.read, id),
    'messages.allowRemote': ({ id }) => {
      mayFetch()
      service.open.workspace.db.write((tx) => {
        const message = tx.get<{ conversation_id: number | null }>(
          'SELECT conversation_id FROM messages WHERE id = ?',
          id,
        )
        if (!message) throw new PosternError('not-found', 'no such message')
        tx.run('UPDATE messages SET remote_allowed = 1 WHERE id = ?', id)
        if (message.conversation_id !== null) tx.changes.changed('conversations', message.conversation_id)
      })
      return {}
    },
    'messages.remoteImage': ({ id, url }) => {
      mayFetch()
      return remoteImage(service.open.workspace, id, url)
    },
    'attachments.image': ({ id }) => imagePart(service.open.workspace, id),
  }
}
