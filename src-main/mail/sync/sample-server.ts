import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import type { FolderRole } from '../../../src-preload/contract/mailboxes'
import type { StoreForMail } from '../../../src-preload/contract/internal'
import { packPage } from '../../shared/page-bytes'
import type { Rpc } from '../../shared/port-rpc'
import type { MessageParser } from './page-pipe'
import { inSyncOrder } from './folder-roles'

const Manifest = z.object({
  anchor: z.iso.datetime(),
  mailboxes: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      folder: z.string(),
      messages: z.array(
        z.object({ file: z.string(), folder: z.string(), date: z.iso.datetime(), flags: z.array(z.string()) }),
      ),
    }),
  ),
})
const roles: Readonly<Record<string, FolderRole>> = {
  INBOX: 'inbox',
  Sent: 'sent',
  Drafts: 'drafts',
  Junk: 'junk',
  Trash: 'trash',
  Archive: 'archive',
}
const page = 100

/**
 * Stands in for the servers of the demo: hands the sample mail to the store as the sync hands on what a server has, into inbox,
 * Sent and all the others, with its dates moved so that it looks fresh. Mail of persons comes in by `import/`, which opens
 * nothing and stays beside what servers hold. Returns the number of messages. Throws `file-not-found` when the folder holds no sample.
 */
export async function fillFromSample(
  dir: string,
  mailboxIds: readonly number[],
  store: Pick<Rpc<StoreForMail>, 'call'>,
  parser: MessageParser,
): Promise<number> {
  const manifest = await readManifest(dir)
  const shift = Date.now() - Date.parse(manifest.anchor)
  const { mailboxes } = await store.call('mailboxes.all', {})
  let count = 0
  for (const [index, sample] of manifest.mailboxes.entries()) {
    const mailbox =
      mailboxes.find((one) => mailboxIds.includes(one.id) && one.address === sample.address) ??
      mailboxes.find((one) => one.id === mailboxIds[index])
    if (!mailbox) continue
    const names = [...new Set(['INBOX', ...sample.messages.map((message) => message.folder)])]
    const { folders } = await store.call('folders.sync', {
      mailboxId: mailbox.id,
      folders: names.map((path) => ({ path, delimiter: '/', role: roles[path] ?? 'other' })),
    })
    for (const folder of inSyncOrder(folders)) {
      const messages = sample.messages
        .filter((message) => message.folder === folder.path)
        .toSorted((a, b) => a.date.localeCompare(b.date))
      if (folder.uidValidity !== null) continue
      const { folderId } = await store.call('folder.reset', { folderId: folder.folderId, uidValidity: '1' })
      for (let start = 0; start < messages.length; start += page) {
        const some = messages.slice(start, start + page)
        const raws = await Promise.all(
          some.map(async (message) =>
            moveDate(await readFile(join(dir, sample.folder, basename(message.file))), shift),
          ),
        )
        const parsed = await parser.parse(raws)
        const items = some.flatMap((message, at) => {
          const one = parsed[at]
          return one
            ? [
                {
                  uid: start + at + 1,
                  flags: message.flags,
                  internalDate: Date.parse(message.date) + shift,
                  message: one,
                },
              ]
            : []
        })
        await store.call('ingest.page', {
          folderId,
          uidValidity: '1',
          ...packPage(items),
          cursor: { highUid: start + some.length, lowUid: 1 },
          backfill: true,
        })
        count += items.length
      }
      await store.call('ingest.page', {
        folderId,
        uidValidity: '1',
        items: [],
        buffers: [],
        cursor: { lowUid: 1, complete: true },
        backfill: true,
      })
      await store.call('folder.checked', {
        folderId,
        serverCount: messages.length,
        at: Date.now(),
        missing: 0,
        verified: true,
      })
    }
    await store.call('progress.set', {
      mailboxId: mailbox.id,
      state: 'idle',
      error: null,
      done: sample.messages.length,
      total: sample.messages.length,
      reached: null,
      syncedAt: Date.now(),
    })
  }
  return count
}

async function readManifest(dir: string): Promise<z.infer<typeof Manifest>> {
  let text: string
  try {
    text = await readFile(join(dir, 'manifest.json'), 'utf8')
  } catch {
    throw new PosternError('file-not-found', 'no sample mail', { file: 'manifest.json' })
  }
  return Manifest.parse(JSON.parse(text))
}

/** Moves the Date header by `shift` milliseconds. */
function moveDate(raw: Buffer, shift: number): Buffer {
  const text = raw.toString('latin1')
  const end = text.search(/\r?\n\r?\n/)
  const head = text.slice(0, end === -1 ? text.length : end)
  const moved = head.replace(/^Date:[ \t]*(.*)$/im, (whole, value: string) => {
    const date = Date.parse(value.replace(/\([^()]*\)/g, ''))
    return Number.isFinite(date) ? `Date: ${new Date(date + shift).toUTCString().replace('GMT', '+0000')}` : whole
  })
  return Buffer.from(moved + text.slice(head.length), 'latin1')
}
