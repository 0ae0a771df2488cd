import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { app, dialog, shell, type BrowserWindow } from 'electron'
import { PosternError } from '../../src-preload/contract/errors'
import type { StoreForApp } from '../../src-preload/contract/internal'
import type { ExportScope, ImportTarget, MailFormat } from '../../src-preload/contract/transfers'
import type { Rpc } from '../shared/port-rpc'

/** Choices that are remembered until one is imported. */
const mostChoices = 20

/** Imports and exports begin with the system's dialogs here; paths never cross to the window. */
export class Transfers {
  private readonly choices = new Map<string, readonly string[]>()

  constructor(
    private readonly store: () => Rpc<StoreForApp>,
    private readonly window: () => BrowserWindow | null,
  ) {}

  /** Asks for files or for a folder with mail. null: the person cancelled. */
  async choose(what: 'files' | 'folder'): Promise<{ token: string; names: string[] } | null> {
    const { canceled, filePaths } = await dialog.showOpenDialog(this.owner(), {
      // On a Mac an .mbox may be a folder that looks like a file.
      properties: what === 'files' ? ['openFile', 'multiSelections', 'treatPackageAsDirectory'] : ['openDirectory'],
      defaultPath: app.getPath('downloads'),
    })
    if (canceled || filePaths.length === 0) return null
    const token = randomUUID()
    this.choices.set(token, filePaths)
    const oldest = this.choices.keys().next().value
    if (this.choices.size > mostChoices && oldest !== undefined) this.choices.delete(oldest)
    return { token, names: filePaths.map((path) => basename(path)) }
  }

  /** @throws PosternError `not-found` when the choice is of an earlier run, `conflict` when the address has a mailbox */
  async import(token: string, target: ImportTarget): Promise<{ id: number }> {
    const paths = this.choices.get(token)
    if (!paths) throw new PosternError('not-found', 'nothing was chosen')
    const [first = ''] = paths
    const started = await this.store().call('transfer.import', { paths: [...paths], name: basename(first), target })
    this.choices.delete(token)
    return started
  }

  /** Asks for the folder that the export's own folder is made in. null: the person cancelled. */
  async export(scope: ExportScope, format: MailFormat): Promise<{ id: number } | null> {
    const {
      canceled,
      filePaths: [dir],
    } = await dialog.showOpenDialog(this.owner(), {
      properties: ['openDirectory', 'createDirectory'],
      defaultPath: app.getPath('documents'),
    })
    if (canceled || dir === undefined) return null
    return await this.store().call('transfer.export', { dir, scope, format })
  }

  /** @throws PosternError `file-not-found` when it was moved or deleted since: the system would show nothing, and not say so */
  async show(id: number): Promise<void> {
    const { path } = await this.store().call('transfer.path', { id })
    if (!existsSync(path)) throw new PosternError('file-not-found')
    shell.showItemInFolder(path)
  }

  private owner(): BrowserWindow {
    const window = this.window()
    if (!window) throw new PosternError('cancelled')
    return window
  }
}
