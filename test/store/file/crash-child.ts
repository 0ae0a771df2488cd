/** Stores mail and queues replies until it is killed; says what has been acknowledged, one line each. */
import { createHash } from 'node:crypto'
import { isMainThread } from 'node:worker_threads'
import { packMessage } from '../../../src-main/shared/message-body'
import { saveDraft, startDraft } from '../../../src-main/store/outbox/drafts'
import { resetFolder, syncFolders } from '../../../src-main/store/mail/folders'
import { createMailbox } from '../../../src-main/store/mail/mailboxes'
import { ingestPage } from '../../../src-main/store/mail/messages'
import { send } from '../../../src-main/store/outbox/send'
import { serveStoreThread } from '../../../src-main/store/thread-jobs'
import { SearchIndex } from '../../../src-main/store/search/search-index'
import { StoreThread } from '../../../src-main/store/store-thread'
import { Upkeep } from '../../../src-main/store/file/upkeep'
import { newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { Workspace } from '../../../src-main/store/workspace'

if (isMainThread) await main()
else serveStoreThread()

async function main(): Promise<void> {
  const [dir = '', key = ''] = process.argv.slice(2)
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  let upkeep: Upkeep | null = null
  let index: SearchIndex | null = null
  const { workspace } = Workspace.open(dir, Buffer.from(key, 'hex'), {
    device: newDeviceSecret(),
    mail: () => null,
    app: () => null,
    onCommit: (changes) => {
      upkeep?.committed()
      index?.committed(changes.reindexed)
    },
  })
  const thread = new StoreThread(dir, Buffer.from(key, 'hex'), new URL(import.meta.url))
  upkeep = new Upkeep(workspace, thread)
  index = new SearchIndex(workspace, dir, Buffer.from(key, 'hex'), thread)
  const server = { host: 'localhost', port: 1, security: 'none' as const, user: 'u' }
  const { id: mailboxId } = createMailbox(workspace, { name: 'S', address: 's@acme.test', imap: server, smtp: server })
  const { folders } = await syncFolders(workspace, mailboxId, [{ path: 'INBOX', delimiter: '/', role: 'inbox' }])
  const folder = folders[0]
  const folderId = folder?.folderId ?? 0
  if (folder?.uidValidity !== '1') resetFolder(workspace, folderId, '1')
  let uid = folder?.highUid ?? 0
  say('ready')
  for (let page = 0; page < 100_000; page++) {
    const items = Array.from({ length: 30 }, () => {
      uid++
      const text = `message ${uid} ${createHash('sha512').update(String(uid)).digest('hex').repeat(8)}`
      const raw = Buffer.from(text)
      return {
        uid,
        flags: [],
        internalDate: 1_780_000_000_000 + uid * 60_000,
        message: {
          messageId: `m${uid}@x`,
          contentHash: createHash('sha256').update(text).digest().subarray(0, 16),
          inReplyTo: uid % 3 === 0 ? [`m${uid - 1}@x`] : [],
          references: [],
          date: null,
          subject: `S${uid}`,
          from: { name: `C${uid % 50}`, address: `c${uid % 50}@x.test` },
          fromSuspicious: false,
          replyTo: [],
          to: [],
          cc: [],
          bcc: [],
          autoKind: 'none' as const,
          snippet: text.slice(0, 50),
          attachments: [],
          remoteCount: 0,
          remoteUrls: [],
          unreadable: null,
          posternId: null,
          ...packMessage({ text, html: null, textSuffices: true, cut: false }, raw),
          rawSize: raw.byteLength,
        },
      }
    })
    await ingestPage(workspace, {
      folderId,
      uidValidity: '1',
      items,
      cursor: { highUid: uid },
      backfill: page % 2 === 0,
    })
    await upkeep.room()
    say(`stored ${uid}`)
    const draft = await startDraft(workspace, {
      kind: 'new',
      conversationId: null,
      messageId: null,
      mailboxId,
      visibleText: null,
    })
    workspace.db.write((tx) =>
      saveDraft(tx, draft.id, { ...draft, to: [{ name: '', address: 'h@x.test' }], text: `reply ${page}` }),
    )
    say(
      `queued ${send(workspace, { draftId: draft.id, thenStatus: 'closed', sendAt: null, unlessAnswered: true }, 'Ada').outboxId}`,
    )
    await new Promise((resolve) => setImmediate(resolve))
  }
}
