import type { messageCalls } from '../../../src-preload/contract/calls/messages'
import { PosternError } from '../../../src-preload/contract/errors'
import { messageBody, messageSource } from '../conversations'
import { imagePart, remoteImage } from '../files'
import type { StoreService } from '../service'
import type { Handlers } from '../../../src-preload/contract/internal'

/** What one message holds. */
export function messages(service: StoreService): Handlers<typeof messageCalls> {
  return {
    'messages.body': ({ id }) => messageBody(service.read, id),
    'messages.source': ({ id }) => messageSource(service.read, id),
    'messages.allowRemote': ({ id }) => {
      service.open.workspace.db.write((tx) => {
        const message = tx.get<{ conversation_id: number | null }>('SELECT conversation_id FROM messages WHERE id = ?', id)
        if (!message) throw new PosternError('not-found', 'no such message')
        tx.run('UPDATE messages SET remote_allowed = 1 WHERE id = ?', id)
        if (message.conversation_id !== null) tx.changes.changed('conversations', message.conversation_id)
      })
      return {}
    },
    'messages.remoteImage': ({ id, url }) => remoteImage(service.open.workspace, id, url),
    'attachments.image': ({ id }) => imagePart(service.open.workspace, id),
  }
}
