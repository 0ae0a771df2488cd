import type { CallInput, CallOutput, Draft, DraftContent, DraftFile } from '../../src-preload/contract'
import { draftFilesLimit } from '../../src-preload/contract/draft-files'
import { ask, asCallError, call, CallError } from '../client'
import { beforeClosing, onStoreBack, saveLeft } from '../state/closing'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { sizeText } from '../text/numbers'

/** A pause in typing after which the draft is kept, in ms. */
const pauseMs = 600

export type Saving = 'clean' | 'waiting' | 'saving' | 'saved' | 'failed'

export interface Upload {
  key: number
  name: string
  size: number
  error: CallError | null
}

export interface DeskState {
  draft: Draft | null
  /** What is on screen; may be newer than the draft that is kept. */
  content: Partial<DraftContent>
  files: readonly DraftFile[]
  uploads: readonly Upload[]
  saving: Saving
  error: CallError | null
  /** Grows when the text must be put into the editor anew: another draft was loaded. */
  loaded: number
}

export type StartInput = CallInput<'drafts.start'>

const empty: DeskState = { draft: null, content: {}, files: [], uploads: [], saving: 'clean', error: null, loaded: 0 }

function contentOf(draft: Draft): DraftContent {
  const { mailboxId, from, to, cc, bcc, subject, html, text, quote, signed } = draft
  return { mailboxId, from, signed, to, cc, bcc, subject, html, text, quote }
}

/** A folder looks like a file until it is read. */
async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch {
    throw new CallError('file-unreadable')
  }
}

/** What was typed for a draft, behind the words that the store has in it already: those of an answer that was taken back meanwhile. */
function behind(draft: Draft, { html = '', text = '' }: Partial<DraftContent>): Pick<DraftContent, 'html' | 'text'> {
  const [before, typed] = [draft.text.trimEnd(), text.trim() !== '']
  if (before === '') return { html, text }
  return typed ? { html: draft.html + html, text: `${before}\n\n${text}` } : draft
}

/** Says that a file is missing; the reason follows. */
export const uploadFailedText = ({ name, size }: Pick<Upload, 'name' | 'size'>): string =>
  t('composer:uploadFailed', { name, size: sizeText(size) })

/** Desks whose place went: until the store has taken everything, and for a moment longer. */
const left = new Set<DraftDesk>()
/** What the window knows of a draft may be of before it was left for as long as answers are kept, in ms. */
const olderMs = 30_000

/**
 * One draft being written. It is begun in the store by the first change, kept at every pause, and survives everything that
 * happens to the pane: what could not be saved is tried again with the next change, when the store is there again, and before the
 * window closes.
 */
export class DraftDesk {
  state: DeskState = empty
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private starting: Promise<Draft> | null = null
  private running: Promise<void> | null = null
  private uploadKey = 0
  private readonly attaching = new Set<Promise<void>>()
  private closed = false
  private forget: ReturnType<typeof setTimeout> | undefined

  /** `start` tells how a draft is begun when there is none yet. */
  constructor(
    private start: () => StartInput | Promise<StartInput>,
    private readonly about = '',
  ) {}

  /**
   * The desk for what is written about something, or for a draft: one that was left a moment ago has words that whoever asks may not
   * know of yet, and one with words that are not saved yet has them still.
   */
  static for(about: string, draftId: number | null, start: () => StartInput | Promise<StartInput>): DraftDesk {
    const found = [...left].findLast(
      ({ about: its, state: { draft, saving } }) =>
        (draftId !== null && draft?.id === draftId) ||
        ((saving === 'failed' || saving === 'saving' || saving === 'waiting') && its === about),
    )
    if (!found) return new DraftDesk(start, about)
    found.start = start
    return found
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  snapshot = (): DeskState => this.state

  private set(change: Partial<DeskState>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }

  /** Takes up a draft that is in the store. */
  load(draft: Draft): void {
    clearTimeout(this.timer)
    this.starting = null
    this.set({
      ...empty,
      draft,
      content: contentOf(draft),
      files: draft.files,
      saving: 'saved',
      loaded: this.state.loaded + 1,
    })
  }

  /**
   * Takes up another draft of the store once all of the one before is kept, if it is still `wanted` then. Rejects with a CallError
   * when it is not open any more.
   * @returns null: what is on the desk stays, since it could not be kept or nothing else is wanted
   */
  async turnTo(id: number, wanted: () => boolean): Promise<Draft | null> {
    for (;;) {
      await this.settle()
      const draft = await ask('drafts.get', { id })
      // What was typed meanwhile is kept first.
      if (this.state.saving === 'waiting' || this.running || this.attaching.size > 0) continue
      if (this.state.saving === 'failed' || !wanted()) return null
      if (this.state.draft?.id !== id) this.load(draft)
      return draft
    }
  }

  /** Begins with nothing again; the next change makes a new draft. */
  reset(start?: () => StartInput | Promise<StartInput>): void {
    clearTimeout(this.timer)
    if (start) this.start = start
    this.starting = null
    this.set({ ...empty, loaded: this.state.loaded + 1 })
  }

  /** The draft in the store, begun if need be. */
  ensure(): Promise<Draft> {
    if (this.state.draft) return Promise.resolve(this.state.draft)
    this.starting ??= this.begin()
    return this.starting
  }

  private async begin(): Promise<Draft> {
    try {
      const draft = await call('drafts.start', await this.start())
      // what the person wrote or chose meanwhile wins over what the store filled in
      const { content, loaded } = this.state
      const words = behind(draft, content)
      this.set({
        draft,
        content: { ...contentOf(draft), ...content, html: words.html, text: words.text },
        files: draft.files,
        loaded: draft.text.trim() === '' ? loaded : loaded + 1,
      })
      return draft
    } catch (thrown) {
      this.starting = null
      throw asCallError(thrown)
    }
  }

  /** A change by the person: shown at once, kept at the next pause. */
  edit(change: Partial<DraftContent>): void {
    this.set({ content: { ...this.state.content, ...change }, saving: 'waiting' })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), pauseMs)
  }

  /** Keeps what is not kept yet. Never rejects; `state.error` tells. */
  async flush(): Promise<void> {
    clearTimeout(this.timer)
    while (this.running) await this.running
    if (this.state.saving !== 'waiting' && this.state.saving !== 'failed') return
    this.running = this.save()
    await this.running
    this.running = null
    if (this.state.saving === 'waiting' && this.closed) await this.flush()
  }

  private async save(): Promise<void> {
    this.set({ saving: 'saving' })
    try {
      const draft = await this.ensure()
      const sent = { ...contentOf(draft), ...this.state.content }
      await call('drafts.save', { id: draft.id, ...sent })
      const unchanged = this.state.saving === 'saving'
      this.set({ draft: { ...draft, ...sent }, error: null, saving: unchanged ? 'saved' : 'waiting' })
    } catch (thrown) {
      this.set({ saving: 'failed', error: asCallError(thrown) })
    }
  }

  /** Adds a file; its progress and what went wrong are in `state.uploads`. */
  attach(file: File): Promise<void> {
    return this.awaits(this.upload(file))
  }

  /** Nothing is sent, and no place left for good, before this is done: files on their way into the draft or its text. */
  async awaits(work: Promise<void>): Promise<void> {
    this.attaching.add(work)
    try {
      await work
    } finally {
      this.attaching.delete(work)
    }
  }

  /** Also those that come out of others: a picture that has no room in the text is attached. */
  private async attached(): Promise<void> {
    while (this.attaching.size > 0) await Promise.allSettled(this.attaching)
  }

  private async upload(file: File): Promise<void> {
    const key = ++this.uploadKey
    this.set({ uploads: [...this.state.uploads, { key, name: file.name, size: file.size, error: null }] })
    try {
      // before it is read: the window has no room for a film of some gigabytes
      if (this.bytesOfFiles() > draftFilesLimit) throw new CallError('too-large')
      const draft = await this.ensure()
      const bytes = await bytesOf(file)
      const added = await call('drafts.attach', {
        id: draft.id,
        name: file.name || 'image.png',
        type: file.type || 'application/octet-stream',
        bytes,
      })
      this.set({ files: [...this.state.files, added], uploads: this.state.uploads.filter((one) => one.key !== key) })
    } catch (thrown) {
      const error = asCallError(thrown)
      this.set({ uploads: this.state.uploads.map((one) => (one.key === key ? { ...one, error } : one)) })
      if (this.closed)
        showToast({ text: `${uploadFailedText(file)} ${errorText(error)}`, kind: 'bad', lastsMs: 10_000 })
    }
  }

  private refused(): readonly Upload[] {
    return this.state.uploads.filter(({ error }) => error)
  }

  /** With those that are on their way. */
  private bytesOfFiles(): number {
    const { files, uploads } = this.state
    return [...files, ...uploads.filter(({ error }) => !error)].reduce((sum, { size }) => sum + size, 0)
  }

  dismissUpload(key: number): void {
    this.set({ uploads: this.state.uploads.filter((one) => one.key !== key) })
  }

  async detach(fileId: number): Promise<void> {
    const { draft } = this.state
    if (!draft) return
    await call('drafts.detach', { id: draft.id, fileId })
    this.set({ files: this.state.files.filter((file) => file.id !== fileId) })
  }

  /**
   * Freezes and queues the message; the desk is empty afterwards, but for what was typed while it was being queued: that is in a new
   * draft. Rejects with a CallError and keeps everything, also when a file that it waited for could not be attached.
   */
  async send(choice: Omit<CallInput<'outbox.send'>, 'draftId'>): Promise<CallOutput<'outbox.send'>> {
    // What was refused before is on screen, and whoever sends then means it.
    const before = this.refused()
    const draft = await this.ensure()
    await this.attached()
    const missing = this.refused().find((one) => !before.includes(one))
    if (missing?.error) throw missing.error
    // What is typed while the words before are being kept belongs to the message.
    do await this.flush()
    while (this.state.saving === 'waiting')
    if (this.state.saving === 'failed' && this.state.error) throw this.state.error
    return await this.holdSaving(this.queued({ draftId: draft.id, ...choice }))
  }

  private async queued(input: CallInput<'outbox.send'>): Promise<CallOutput<'outbox.send'>> {
    const { content } = this.state
    const queued = await call('outbox.send', input)
    const now = this.state.content
    this.reset()
    if (JSON.stringify(now) !== JSON.stringify(content)) this.edit(now)
    return queued
  }

  /** What is to be kept meanwhile waits: the draft that it would be kept in goes. */
  private holdSaving<T>(work: Promise<T>): Promise<T> {
    this.running = work
      .catch(() => undefined)
      .then(() => {
        this.running = null
      })
    return work
  }

  /**
   * Begins another kind of answer, or one to another message, in place of the one that is there: its words and files go along. Rejects
   * with a CallError and keeps everything when it cannot be begun.
   */
  async turn(start: () => StartInput | Promise<StartInput>): Promise<void> {
    clearTimeout(this.timer)
    while (this.running) await this.running
    await this.holdSaving(this.turned(start))
  }

  private async turned(start: () => StartInput | Promise<StartInput>): Promise<void> {
    try {
      const draft = this.state.draft ?? (await this.starting?.catch(() => null)) ?? null
      const begun = await call('drafts.start', { ...(await start()), instead: draft?.id ?? null })
      const { content } = this.state
      this.start = start
      this.load(begun)
      const { html, text } = behind(begun, content)
      if (content.text?.trim()) this.edit({ html, text })
    } catch (thrown) {
      throw asCallError(thrown)
    }
  }

  /** Throws the draft away; answers with the token that brings it back, or null when there was none. */
  async discard(): Promise<string | null> {
    clearTimeout(this.timer)
    const draft = this.state.draft ?? (await this.starting?.catch(() => null)) ?? null
    if (!draft) {
      this.reset()
      return null
    }
    // What brings it back brings back the last words too.
    await this.flush()
    const { undo } = await call('drafts.discard', { id: draft.id })
    this.reset()
    return undo
  }

  /** The pane is there. Answers with what to call when it goes: what is not kept yet is kept then. */
  open(): () => void {
    this.closed = false
    clearTimeout(this.forget)
    left.delete(this)
    const stops = [beforeClosing(() => this.settle()), onStoreBack(() => void this.flush())]
    return () => {
      this.closed = true
      left.add(this)
      for (const stop of stops) stop()
      void saveLeft(() => this.leftOver())
    }
  }

  /** Everything is kept, files that are being attached too. */
  private async settle(): Promise<void> {
    await Promise.all([this.flush(), this.attached()])
    // what came into the text meanwhile
    await this.flush()
  }

  /** One whose pane is there again is that pane's to save. */
  private async leftOver(): Promise<CallError | null> {
    await this.settle()
    if (!this.closed) return null
    if (this.state.saving === 'failed') return this.state.error
    clearTimeout(this.forget)
    this.forget = setTimeout(() => left.delete(this), this.state.draft ? olderMs : 0)
    return null
  }
}
