import type { Editor } from '@tiptap/react'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { CallInput, DraftContent, Person, Settings } from '../../src-preload/contract'
import { asCallError, type CallError } from '../client'
import { useQuery } from '../live'
import { tellDone, tellFailure } from '../state/acts'
import { leaveText, useList } from '../state/list'
import { showToast, tellOnceDone } from '../state/toast'
import { t } from '../text'
import { sizeText } from '../text/numbers'
import { findDoubts, findProblem, type SendDoubt, type SendProblem } from './checks'
import { DraftDesk, type DeskState, type StartInput } from './draft-desk'
import { placeFiles, useMessageEditor } from '../writing/editor'
import { picturesIn, picturesLimit } from '../writing/pictures'
import { fromMailHtml, startHtml } from '../writing/rich-text'
import { isOffline, leavingFor, notSentText, rememberCaret, takeCaret, sentToast } from './sending'

type Then = CallInput<'outbox.send'>['thenStatus']
/** A time that a person chose for a message to leave. */
export interface Later {
  sendAt: number
  unlessAnswered: boolean
}

export interface Composer {
  /** Whom the conversation is given to in the same act; undefined: it stays as it is. */
  assign: Person | null | undefined
  setAssign: (to: Person | null | undefined) => void
  desk: DraftDesk
  state: DeskState
  editor: Editor
  settings: Settings | undefined
  offline: boolean
  sending: boolean
  problem: SendProblem | null
  doubts: SendDoubt[]
  failure: CallError | null
  /** Checks, asks if need be, queues. `sure`: the doubts were answered. */
  send: (then: Then, sure?: boolean, later?: Later) => void
  /** What was asked about when doubts came up. */
  asked: { status: Then; later?: Later | undefined } | null
  forgetDoubts: () => void
  discard: () => void
  attach: (files: readonly File[]) => void
  /** Pictures to where the caret is; what has no room there is attached. */
  addPictures: (files: readonly File[]) => void
  keepAll: () => Promise<void>
}

export interface ComposerOptions {
  name: string
  /** What is written about, and the draft of it that the store has. */
  about: string
  draftId: number | null
  start: () => StartInput | Promise<StartInput>
  /** Recipients that are shown before the store filled them in. */
  preview: Pick<DraftContent, 'to' | 'cc' | 'bcc'>
  isForward: boolean
  asksSubject: boolean
  settings: Settings | undefined
  onSent?: () => void
  onDiscarded?: () => void
}

const complete = (state: DeskState, preview: ComposerOptions['preview']) => ({
  to: state.content.to ?? preview.to,
  cc: state.content.cc ?? preview.cc,
  bcc: state.content.bcc ?? preview.bcc,
  subject: state.content.subject ?? '',
  text: state.content.text ?? '',
})

/** One message being written: its draft, its editor, and what Send does. */
export function useComposer(options: ComposerOptions): Composer {
  const { name, start, preview, isForward, asksSubject, settings } = options
  const [desk] = useState(() => DraftDesk.for(options.about, options.draftId, start))
  const state = useSyncExternalStore(desk.subscribe, desk.snapshot)
  const offline = isOffline(useQuery('sync.status', {}).data)
  const [sending, setSending] = useState(false)
  const [assign, setAssign] = useState<Person | null | undefined>()
  const [problem, setProblem] = useState<SendProblem | null>(null)
  const [doubts, setDoubts] = useState<SendDoubt[]>([])
  const [asked, setAsked] = useState<Composer['asked']>(null)
  const [failure, setFailure] = useState<CallError | null>(null)

  const attach = useCallback(
    (files: readonly File[]) => {
      for (const file of files) void desk.attach(file)
    },
    [desk],
  )
  const attachOrTell = (files: readonly File[], tooBig: boolean) => {
    if (tooBig)
      showToast({
        text: t('composer:pictureTooBig', {
          count: files.length,
          name: files[0]?.name ?? '',
          limit: sizeText(picturesLimit),
        }),
      })
    attach(files)
  }
  const editor = useMessageEditor({
    name,
    html: startHtml,
    pictures: true,
    onChange: (content) => desk.edit(content),
    onFiles: attachOrTell,
    onReading: (work) => void desk.awaits(work),
    onLeave: leaveText,
    onSend: (keepOpen) => send(keepOpen ? 'open' : (settings?.afterSend ?? 'closed')),
  })

  // another draft on the desk, or another editor: the text goes into it, and the caret where it was
  const shown = useRef<{ editor: Editor | null; loaded: number }>({ editor: null, loaded: 0 })
  useEffect(() => {
    const now = desk.snapshot()
    const before = shown.current
    if (editor.isDestroyed || (before.editor === editor && before.loaded === now.loaded)) return
    shown.current = { editor, loaded: now.loaded }
    const { html } = now.content
    editor.commands.setContent(html ? fromMailHtml(html) : startHtml, { emitUpdate: false })
    const caret = now.draft ? takeCaret(now.draft.id) : null
    if (caret) editor.chain().setTextSelection(caret).focus().run()
  }, [state.loaded, editor, desk])

  useEffect(() => desk.open(), [desk])
  const here = useRef(false)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  useEffect(() => {
    const keep = () => void desk.flush()
    window.addEventListener('blur', keep)
    return () => window.removeEventListener('blur', keep)
  }, [desk])

  async function queue(then: Then, later?: Later): Promise<void> {
    setSending(true)
    setFailure(null)
    const content = complete(desk.snapshot(), preview)
    try {
      const draft = await desk.ensure()
      rememberCaret(draft.id, { from: editor.state.selection.from, to: editor.state.selection.to })
      const leaving = leavingFor(draft.conversationId, then)
      const sent = desk.send({
        thenStatus: then,
        ...later,
        ...(assign === undefined ? {} : { assign: assign?.id ?? null }),
      })
      await tellOnceDone(sent, (queued) => {
        setAssign(undefined)
        if (queued.state !== 'held') {
          // out of the editor, so that single-letter shortcuts work again; the list takes the focus along to the next row
          if (here.current) useList.getState().hands?.focus()
          leaving()
          // who looks elsewhere by now stays there, and goes on with what they write there
          if (here.current) options.onSent?.()
        }
        return sentToast(queued, content, offline, later !== undefined)
      })
    } catch (thrown) {
      const error = asCallError(thrown)
      if (!here.current) showToast({ text: notSentText(content, error), kind: 'bad', lastsMs: 10_000 })
      else if (error.code === 'no-recipient') setProblem('no-recipient')
      else setFailure(error)
    } finally {
      setSending(false)
    }
  }

  function send(then: Then, sure = false, later?: Later): void {
    if (sending) return
    const now = desk.snapshot()
    const content = complete(now, preview)
    const found = findProblem(
      content,
      now.uploads.some((one) => !one.error),
    )
    setProblem(found)
    setAsked(null)
    if (found) return
    const open = sure
      ? []
      : findDoubts(content, [...now.files, ...picturesIn(editor.state.doc)], { isForward, asksSubject })
    setDoubts(open)
    if (open.length > 0) setAsked({ status: then, later })
    else void queue(then, later)
  }

  const discard = async (): Promise<void> => {
    try {
      await tellDone(
        t('composer:discarded'),
        desk.discard().then((undo) => ({ undo })),
      )
      options.onDiscarded?.()
    } catch (thrown) {
      tellFailure(thrown)
    }
  }

  // a problem goes when what it was about changes
  useEffect(() => setProblem(null), [state.content.to, state.content.cc, state.content.bcc])

  return {
    assign,
    setAssign,
    desk,
    state,
    editor,
    settings,
    offline,
    sending,
    problem,
    doubts,
    failure,
    asked,
    attach,
    addPictures: (files) => void desk.awaits(placeFiles(editor, files, attachOrTell)),
    send,
    forgetDoubts: () => setAsked(null),
    discard: () => void discard(),
    keepAll: () => desk.flush(),
  }
}
