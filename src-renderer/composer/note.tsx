import { Lock } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { Conversation } from '../../src-preload/contract'
import { ask, call } from '../client'
import { tellFailure, undo } from '../state/acts'
import { beforeClosing, onStoreBack, saveLeft } from '../state/closing'
import { leaveText } from '../state/list'
import { useShortcuts } from '../state/shortcuts'
import { tellOnceDone } from '../state/toast'
import { t } from '../text'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { SplitButton } from '../ui/split-button'
import { usePeople } from '../work/people'
import { NoteText, useMentions } from '../work/note-text'
import { AssignChip, assignItems, type AssignTo } from './assign-too'
import { heard, isAdded, isAdding, isNotAdded, keepNote, knownOf, unsaved, wrote } from './note-words'
import { BackToMessages } from './parts'
import { Reply, Room, type ReplyProps } from './reply'

/** How long a conversation is looked at before anything is got ready to write in it, in ms: walking through the list is quicker. */
const lookMs = 250

function useStays(): boolean {
  const [stays, setStays] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setStays(true), lookMs)
    return () => clearTimeout(timer)
  }, [])
  return stays
}

/** A pause in typing after which the words are kept, in ms. */
const pauseMs = 500

/** The composer: a reply, or with N a note that only the team sees. */
export function ReplyOrNote(props: ReplyProps) {
  const { id } = props.conversation
  const [note, setNote] = useState(() => unsaved.has(id))
  const stays = useStays()
  const [looked, setLooked] = useState(false)
  const looks = stays || note
  useEffect(() => {
    if (!looks || looked) return undefined
    let here = true
    // Words of an earlier run are there again; what was typed meanwhile wins.
    void ask('notes.draft', { conversationId: id }).then(
      ({ text }) => {
        if (!here) return
        setLooked(true)
        if (unsaved.has(id)) return
        heard(id, text)
        if (text === '') return
        unsaved.set(id, text)
        setNote(true)
      },
      () => here && setLooked(true),
    )
    return () => {
      here = false
    }
  }, [id, looks, looked])
  const [asked, setAsked] = useState(props.request?.n ?? 0)
  // A key or button that asks for a reply leaves the note; its words stay.
  if ((props.request?.n ?? 0) !== asked) {
    setAsked(props.request?.n ?? 0)
    setNote(false)
  }
  // What was asked for before the note was done then, and is not asked again when the reply is back.
  const [done, setDone] = useState(0)
  const toNote = () => {
    setDone(props.request?.n ?? 0)
    // Words may have come with another conversation.
    if (!note && !unsaved.has(id)) setLooked(false)
    setNote(true)
  }
  useShortcuts([{ act: 'note', run: toNote }])
  // What is typed goes on from the words that were kept.
  if (note && !looked && !unsaved.has(id)) return <Room asked />
  return note ? (
    <NoteComposer conversation={props.conversation} onReply={() => setNote(false)} onBack={() => setNote(true)} />
  ) : (
    <Reply {...props} stays={stays} request={(props.request?.n ?? 0) > done ? props.request : null} onNote={toNote} />
  )
}

function NoteComposer({
  conversation,
  onReply,
  onBack,
}: {
  conversation: Conversation
  onReply: () => void
  onBack: () => void
}) {
  const { id } = conversation
  const [text, setText] = useState(() => unsaved.get(id) ?? '')
  const [busy, setBusy] = useState(false)
  const mentions = useMentions(text)
  const place = useRef<HTMLElement>(null)
  const all = usePeople()
  const [assign, setAssign] = useState<AssignTo>()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => {
    const stops = [
      beforeClosing(async () => void (await keepNote(id, setText))),
      onStoreBack(() => void keepNote(id, setText)),
    ]
    return () => {
      clearTimeout(timer.current)
      for (const stop of stops) stop()
      void saveLeft(() => keepNote(id))
    }
  }, [id])
  const write = (next: string) => {
    setText(next)
    wrote(id, next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void keepNote(id, setText).then((error) => error && tellFailure(error)), pauseMs)
  }
  const add = async () => {
    if (text.trim() === '' || busy) return
    // Whom it names is a person's to say before it is there for all.
    if (mentions.ask()) return
    setBusy(true)
    try {
      clearTimeout(timer.current)
      isAdding(id, text)
      const adding = call('notes.add', {
        conversationId: id,
        text: text.trim(),
        over: knownOf(id),
        ...(assign === undefined ? {} : { assign: assign?.id ?? null }),
      })
      const said = t('work:note.added')
      await tellOnceDone(adding, ({ undo: token }) => {
        // before it can be taken back
        if (isAdded(id, text)) {
          // the focus does not go with the field
          if (place.current?.contains(document.activeElement)) leaveText(place.current)
          onReply()
        } else setBusy(false)
        if (token === null) return null
        const takeBack = async () => {
          await undo(token, said)
          // The words are in the composer again, as they were typed.
          if (!unsaved.has(id)) unsaved.set(id, text)
          onBack()
        }
        return { text: said, keeps: true, undo: takeBack }
      })
    } catch (thrown) {
      tellFailure(thrown)
      setBusy(false)
      isNotAdded(id, text)
    }
  }
  useShortcuts([
    {
      act: 'send',
      run: () => (place.current?.contains(document.activeElement) ? void add() : false),
    },
  ])
  return (
    <section ref={place} className="composer is-note" aria-label={t('work:note.region')} data-pane="composer">
      <div className="c-top">
        <div className="tabs" role="group" aria-label={t('composer:tabs')}>
          <button type="button" aria-pressed={false} onClick={onReply}>
            {t('composer:reply')}
            <Kbd act="reply" />
          </button>
          <button type="button" className="on" aria-pressed>
            {t('work:note.tab')}
            <Kbd act="note" />
          </button>
        </div>
        <span className="push x">
          <BackToMessages />
        </span>
      </div>
      <div className="c-note-hint x tight">
        <Icon icon={Lock} small />
        <span id="note-hint">{t('work:note.hint')}</span>
      </div>
      <NoteText
        value={text}
        onChange={write}
        mentions={mentions}
        label={t('work:note.textbox')}
        rows={3}
        className="c-text"
        describedBy="note-hint"
      />
      <div className="c-foot">
        <span className="push x">
          <AssignChip to={assign} />
          <SplitButton more={t('work:note.more')} items={assignItems(all, assign, setAssign)}>
            <Button kind="primary" act="send" busy={busy} disabled={text.trim() === ''} onClick={() => void add()}>
              {t('work:note.add')}
            </Button>
          </SplitButton>
        </span>
      </div>
    </section>
  )
}
