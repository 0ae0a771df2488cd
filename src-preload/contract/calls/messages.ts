import * as z from 'zod'
import { done, store, type CallDef } from './define'
import { Bytes, Id, MessageBody } from '../mail'

/** What one message holds. */
export const messageCalls = {
  'messages.body': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => MessageBody,
  ),
  /** Brings what is missing of a message from its server. Rejects with what the connection met. */
  'messages.fetch': store(
    'write',
    'work',
    () => z.object({ id: Id }),
    () => done,
  ),
  'messages.source': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => z.object({ source: z.string(), cut: z.boolean() }),
  ),
  'messages.allowRemote': store(
    'write',
    'work',
    () => z.object({ id: Id }),
    () => done,
  ),
  /** A remote image of a message whose remote content was allowed by a person (R13, R14). */
  'messages.remoteImage': store(
    'read',
    'read',
    () => z.object({ id: Id, url: z.url().max(4096) }),
    () => z.object({ type: z.string(), bytes: Bytes }),
  ),
  /** Bytes of an image part, for the preview and for inline images. Other kinds are refused. */
  'attachments.image': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () => z.object({ type: z.string(), bytes: Bytes }),
  ),
} as const satisfies Record<string, CallDef>
