import type { StoreForMail } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { Rpc } from '../../shared/port-rpc'
import { idleMs, type Rounds } from '../send/rounds'
import { liesHere } from './copies'
import type { MailboxSync } from './mailbox-sync'
import type { Refusals } from './refusals'

const log = logger('moves')

/**
 * Puts messages of conversations that were moved here into the inbox, and imported ones into the archive. One that was put there before a crash is found by its
 * Message-ID, or where it has none by its header, and not put there twice.
 * @param refusals which of them the server refused how often: one that it never takes is not uploaded for ever
 * @param rounds says how long to wait after one failed, ms, and when it is over
 * @returns when to look again, ms
 */
export async function putMoved(
  mailboxId: number,
  store: Pick<Rpc<StoreForMail>, 'call'>,
  sync: Pick<MailboxSync, 'withPutSession' | 'pathOf' | 'touched'>,
  rounds: Pick<Rounds, 'stopped' | 'later'>,
  refusals: Refusals,
): Promise<number> {
  while (!rounds.stopped) {
    const { move } = await store.call('moves.next', { mailboxId, except: refusals.resting() })
    if (!move) return idleMs
    try {
      await sync.withPutSession(move.raw.byteLength, async (session) => {
        // With labels there is no archive but the folder of everything.
        const path = await sync.pathOf(session, move.role === 'archive' && session.gmail ? 'all' : move.role)
        if (path === null) throw new PosternError('server-refused', 'no such folder')
        await session.select(path)
        const there =
          move.messageId === null
            ? await liesHere(session, move.raw)
            : (await session.searchUids({ messageId: move.messageId })).length > 0
        if (!there) await session.append(path, move.raw, move.seen ? ['\\Seen'] : [], new Date(move.date))
        sync.touched(path)
      })
      await store.call('moves.settle', { id: move.id, mailboxId, done: true })
      refusals.taken(move.id)
    } catch (error) {
      const { code } = PosternError.from(error)
      if (code === 'service-stopped' || code === 'service-restarting') throw error
      const rests = refusals.failed(move.id, code)
      log.warn(rests ? 'a moved message rests for a day' : 'a moved message waits', { code })
      await store.call('moves.settle', { id: move.id, mailboxId, done: false, rests })
      return rounds.later()
    }
  }
  return idleMs
}
