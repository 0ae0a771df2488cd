import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { app, dialog, shell, type BrowserWindow } from 'electron'
import { PosternError } from '../../src-preload/contract/errors'
import type { StoreForApp } from '../../src-preload/contract/internal'
import type { Rpc } from '../shared/port-rpc'
import { logger } from '../shared/log'
import { safeFileName } from '../shared/guards'
import { writeFileSafely } from './files'

const log = logger('desktop')

/** Opens a link in the person's browser or mail program; only http, https and mailto (R16). Throws `not-allowed`. */
export async function openLink(url: string): Promise<void> {
  let target: URL
  try {
    target = new URL(url)
  } catch {
    throw new PosternError('not-allowed', 'not a link')
  }
  if (!['http:', 'https:', 'mailto:'].includes(target.protocol))
    throw new PosternError('not-allowed', 'scheme is not opened')
  await shell.openExternal(target.href)
}

/** Attachments on their way to other programs. Plain copies live in one folder that is emptied at start and end (R23). */
export class Files {
  private readonly dir: string

  constructor(
    profile: string,
    private readonly store: () => Rpc<StoreForApp>,
    private readonly window: () => BrowserWindow | null,
  ) {
    this.dir = join(profile, 'opened')
    this.empty()
  }

  /** Removes every plain copy. A file that another program holds open is left for the next time. */
  empty(): void {
    try {
      rmSync(this.dir, { recursive: true, force: true, maxRetries: 2 })
    } catch (fault) {
      log.warn('opened files remain', { fault })
    }
  }

  /** Opens with the system's program. A dangerous kind is opened only when the person confirmed; else answers false. */
  async openAttachment(id: number, confirmed: boolean): Promise<boolean> {
    const info = await this.store().call('attachment.info', { id })
    if (info.dangerous && !confirmed) return false
    // One folder each: two attachments of one name never meet, and the name stays as the sender wrote it.
    const folder = join(this.dir, randomUUID())
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, safeFileName(info.name))
    await this.store().call('attachment.write', { id, path, overwrite: false })
    const failure = await shell.openPath(path)
    if (failure !== '') throw new PosternError('not-found', 'no program opens this kind')
    return true
  }

  /** Asks where; the log goes there, its proof beside it. */
  async saveAccessLog(by: string): Promise<{ saved: boolean; entries: number; proof: string }> {
    const window = this.window()
    if (!window) throw new PosternError('cancelled')
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: join(app.getPath('downloads'), 'postern-access-log.jsonl'),
    })
    if (canceled || !filePath) return { saved: false, entries: 0, proof: '' }
    const proofPath = `${filePath}.proof.json`
    const { entries } = await this.store().call('accessLog.export', { path: filePath, proofPath, by })
    return { saved: true, entries, proof: basename(proofPath) }
  }

  /** Asks where and writes a text there, readable by its owner only. False when the person cancelled. */
  async saveText(name: string, text: () => Promise<string>): Promise<boolean> {
    const window = this.window()
    if (!window) throw new PosternError('cancelled')
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      defaultPath: join(app.getPath('downloads'), name),
    })
    if (canceled || !filePath) return false
    try {
      writeFileSafely(filePath, await text())
    } catch (fault) {
      if (fault instanceof PosternError) throw fault
      throw new PosternError('disk-error', 'the file cannot be written')
    }
    return true
  }

  /** Asks where and saves. One file: a name; several: a folder, where no file is ever replaced. */
  async save(ids: readonly number[]): Promise<boolean> {
    const window = this.window()
    if (!window) throw new PosternError('cancelled')
    const [only] = ids
    if (ids.length === 1 && only !== undefined) {
      const info = await this.store().call('attachment.info', { id: only })
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        defaultPath: join(app.getPath('downloads'), safeFileName(info.name)),
      })
      if (canceled || !filePath) return false
      // The system's dialog has asked about replacing.
      await this.store().call('attachment.write', { id: only, path: filePath, overwrite: true })
      return true
    }
    const {
      canceled,
      filePaths: [folder],
    } = await dialog.showOpenDialog(window, {
      properties: ['openDirectory', 'createDirectory'],
      defaultPath: app.getPath('downloads'),
    })
    if (canceled || folder === undefined) return false
    for (const id of ids) {
      const info = await this.store().call('attachment.info', { id })
      await this.store().call('attachment.write', {
        id,
        path: freePath(folder, safeFileName(info.name)),
        overwrite: false,
      })
    }
    return true
  }
}

/** `name.pdf`, `name (2).pdf`, ... whichever is free. */
function freePath(folder: string, name: string): string {
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${stem} (${n})${ending}`)
    if (!existsSync(path)) return path
  }
}
