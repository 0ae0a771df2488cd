import { Maximize2, Minimize2 } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Address, Draft, Message } from '../../src-preload/contract'
import { asCallError } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { answeredMessage } from '../state/answered'
import { leaveText } from '../state/list'
import { meanDraft, useMeantDraft } from '../state/meant-draft'
import { stopWriting, writing } from '../state/presence'
import { t } from '../text'
import { listText } from '../text/lists'
import { Banner } from '../ui/banner'
import { IconButton } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { focusIsFree } from '../ui/trigger'
import type { Act } from '../state/keymap'
import { usePresenceIn } from '../work/presence'
import { AddressLines } from './address-lines'
import { useFileDrop } from './drop'
import { chosenFrom, FromChoice } from './from-choice'
import { EditorText } from '../writing/editor'
import { BackToMessages, DraftFiles, QuotedOriginal } from './parts'
import { isBlank } from '../writing/rich-text'
import { MachineStrip, SavedMark, SendBar, SendDoubts, SendTrouble, SinceStrip } from './send-bar'
import { SignatureBlock } from './signature-block'
import { useComposer } from './use-composer'
import { useSendKeys } from './use-send-keys'
import type { Kind, ReplyProps } from './reply'
import { useServerMailboxes } from '../work/mailboxes'

/** Who a reply goes to, until the store has said so. */
function previewOf(message: Message | undefined, kind: Kind): { to: Address[]; cc: Address[]; bcc: Address[] } {
  if (!message || kind === 'forward') return { to: [], cc: [], bcc: [] }
  return {
    to: message.direction === 'out' ? message.to : message.replyTo.length > 0 ? message.replyTo : [message.from],
    cc: [],
    bcc: [],
  }
}

const answering = (kind: Kind, { messageId }: Pick<Draft, 'messageId'>) => ({ kind, messageId: messageId ?? undefined })

/** Sent or thrown away since: what else there is stays. */
function tellUnlessGone(thrown: unknown): void {
  const { code } = asCallError(thrown)
  if (code !== 'conflict' && code !== 'not-found') tellFailure(thrown)
}

/** The composer with its editor. `keepHeight` is told how tall it was, in CSS pixels. */
export function OpenReply({
  conversation,
  request,
  visibleTextOf,
  onNote,
  keepHeight,
}: ReplyProps & { keepHeight: (height: number) => void }) {
  const mailboxes = useServerMailboxes()
  const settings = useQuery('settings.get', {}).data
  const draftKind = conversation.draft?.kind
  const meant = useMeantDraft((state) => (state.meant?.conversationId === conversation.id ? state.meant : null))
  const [target, setTarget] = useState<{ kind: Kind; messageId: number | undefined }>(() => ({
    kind: draftKind && draftKind !== 'new' ? draftKind : 'reply',
    messageId: conversation.draft?.messageId ?? answeredMessage(conversation.messages)?.id,
  }))
  const [tall, setTall] = useState(false)
  const place = useRef<HTMLElement>(null)
  const to = useRef<HTMLInputElement>(null)
  const message =
    conversation.messages.find((one) => one.id === target.messageId) ?? answeredMessage(conversation.messages)
  const preview = previewOf(message, target.kind)

  const startFor =
    ({ kind, messageId }: typeof target) =>
    async () => {
      const answered = messageId ?? answeredMessage(conversation.messages)?.id ?? null
      return {
        kind,
        conversationId: conversation.id,
        messageId: answered,
        visibleText: answered === null ? null : await visibleTextOf(answered),
      }
    }
  const composer = useComposer({
    name: t('composer:textbox'),
    about: `conversation ${conversation.id}`,
    draftId: meant?.draftId ?? conversation.draft?.id ?? null,
    start: startFor(target),
    preview,
    isForward: target.kind === 'forward',
    asksSubject: false,
    settings,
    onDiscarded: () => {
      const usual = { kind: 'reply' as const, messageId: undefined }
      setTarget(usual)
      desk.reset(startFor(usual))
      // the button that was pressed went with the draft
      if (focusIsFree()) leaveText(editor.view.dom)
    },
  })
  const { desk, state, editor, send } = composer

  // colleagues hear that an answer is being written, and that it is not any more
  const { saving, content } = state
  useEffect(() => {
    if (saving === 'waiting') writing(conversation.id)
    else if (saving === 'clean') stopWriting(conversation.id)
  }, [saving, content, conversation.id])
  const rivals = usePresenceIn(conversation.id)
    .filter(({ doing }) => doing === 'replying')
    .map(({ person }) => person.name || t('work:someone'))

  // the draft of the conversation came, came back after Undo, or was sent or thrown away elsewhere
  const known = useRef<number | null>(null)
  const inStore = conversation.draft
  useEffect(() => {
    const mine = desk.snapshot().draft
    if (!inStore) {
      if (mine && known.current === mine.id) desk.reset()
      known.current = null
    } else if (mine?.id === inStore.id) known.current = inStore.id
    else if (!mine && known.current !== inStore.id) {
      known.current = inStore.id
      if (desk.snapshot().saving !== 'clean') return
      // Asked for anew: what the window knows of it may be of before its last words were kept.
      void desk
        .turnTo(inStore.id, () => !desk.snapshot().draft)
        .then((draft) => {
          if (draft && draft.kind !== 'new') setTarget(answering(draft.kind, draft))
        })
        .catch(tellUnlessGone)
    }
    // Once the one on the desk is gone, another that the conversation has comes in its place.
  }, [inStore, desk, state.draft])

  // another of its drafts was chosen from the list
  useEffect(() => {
    if (!meant || desk.snapshot().draft?.id === meant.draftId) return
    let over = false
    const turn = async (): Promise<void> => {
      try {
        const draft = await desk.turnTo(meant.draftId, () => !over)
        if (!draft) {
          if (!over) meanDraft(null)
          return
        }
        known.current = draft.id
        if (draft.kind !== 'new') setTarget(answering(draft.kind, draft))
      } catch (thrown) {
        if (over) return
        meanDraft(null)
        tellUnlessGone(thrown)
      }
    }
    void turn()
    return () => {
      over = true
    }
  }, [meant, desk])

  // the editor's own command waits for the next frame, and letters typed until then would be shortcuts
  const writeHere = (at: 'start' | null = null) => {
    editor.view.focus()
    editor.commands.focus(at)
  }

  const change = async (next: typeof target): Promise<void> => {
    const now = desk.snapshot()
    const written = !isBlank(now.content.text ?? '')
    try {
      setTarget(next)
      // a plain reply waits for the first word; the others show at once what the store fills in
      if (next.kind !== 'reply' || written || now.files.length > 0) await desk.turn(startFor(next))
      else {
        if (now.draft) await desk.discard()
        desk.reset(startFor(next))
      }
      if (next.kind === 'forward') to.current?.focus()
      else writeHere('start')
    } catch (thrown) {
      setTarget(target)
      tellFailure(thrown)
    }
  }

  const choose = (kind: Kind, messageId: number | undefined) => {
    if (kind === target.kind && (messageId === target.messageId || desk.snapshot().draft)) writeHere()
    else void change({ kind, messageId })
  }
  const handled = useRef(0)
  // With the picture, since the keys that were held until then are pressed after it.
  useLayoutEffect(() => {
    if (!request || request.n === handled.current) return
    handled.current = request.n
    choose(request.kind, request.messageId)
  })

  useSendKeys(place, send, settings)
  useEffect(() => {
    const element = place.current
    return () => {
      if (element && !tall) keepHeight(element.offsetHeight)
    }
  }, [tall, keepHeight])
  const drop = useFileDrop(composer.attach)
  const people = {
    to: state.content.to ?? preview.to,
    cc: state.content.cc ?? preview.cc,
    bcc: state.content.bcc ?? preview.bcc,
  }
  const everybody = message ? message.to.length + message.cc.length > 1 : false
  const tabs: { kind: Kind; label: string; act?: Act }[] = [
    { kind: 'reply', label: t('composer:reply'), act: 'reply' },
    ...(everybody || target.kind === 'reply-all'
      ? [{ kind: 'reply-all' as const, label: t('composer:replyAll') }]
      : []),
    { kind: 'forward', label: t('composer:forward'), act: 'forwardMessage' },
  ]
  const quote = state.content.quote
  const from = chosenFrom(
    mailboxes,
    state.content.mailboxId === undefined
      ? (message?.answerFrom ?? { mailboxId: conversation.mailboxIds[0], address: '' })
      : { mailboxId: state.content.mailboxId, address: state.content.from ?? '' },
  )

  return (
    <section
      ref={place}
      className={`composer${tall ? ' tall' : ''}${drop.over ? ' dropping' : ''}`}
      aria-label={t('composer:region')}
      data-pane="composer"
      {...drop.handlers}
    >
      <div className="c-top">
        <div className="tabs" role="group" aria-label={t('composer:tabs')}>
          {tabs.map((tab) => (
            <button
              key={tab.kind}
              type="button"
              className={tab.kind === target.kind ? 'on' : ''}
              aria-pressed={tab.kind === target.kind}
              onClick={() => choose(tab.kind, message?.id)}
            >
              {tab.label}
              <Kbd act={tab.act} />
            </button>
          ))}
          {onNote && (
            <button type="button" aria-pressed={false} onClick={onNote}>
              {t('work:note.tab')}
              <Kbd act="note" />
            </button>
          )}
        </div>
        <span className="push x g1">
          <SavedMark saving={state.saving} />
          <BackToMessages />
          <IconButton
            className="c-high"
            icon={tall ? Minimize2 : Maximize2}
            size="sm"
            label={t(tall ? 'composer:shrink' : 'composer:expand')}
            onClick={() => setTall(!tall)}
          />
        </span>
      </div>
      <AddressLines
        inline
        toRef={to}
        people={people}
        onChange={(next) => desk.edit(next)}
        from={
          <FromChoice
            mailboxes={mailboxes}
            from={from}
            agentName={settings?.agentName ?? ''}
            onChange={(next) => desk.edit(next)}
          />
        }
      />
      {target.kind === 'forward' && state.draft && (
        <div className="c-addr">
          <label htmlFor="composer-subject">{t('composer:subject')}</label>
          <input
            id="composer-subject"
            className="c-subject"
            dir="auto"
            value={state.content.subject ?? ''}
            onChange={(event) => desk.edit({ subject: event.target.value })}
          />
        </div>
      )}
      <SinceStrip draft={inStore} />
      {target.kind !== 'forward' && <MachineStrip kind={message?.autoKind ?? 'none'} />}
      {rivals.length > 0 && state.draft && (
        <Banner kind="warn" className="c-banner">
          {t('presence:composer', { count: rivals.length, names: listText(rivals) })}
        </Banner>
      )}
      <SendTrouble composer={composer} />
      <div
        className="c-scroll"
        onClick={(event) => event.target === event.currentTarget && editor.commands.focus('end')}
      >
        <EditorText editor={editor} />
        <SignatureBlock composer={composer} from={from} />
        {quote ? <QuotedOriginal quote={quote} onDrop={() => desk.edit({ quote: null })} /> : null}
      </div>
      <DraftFiles desk={desk} state={state} />
      <SendBar composer={composer} isNew={false} />
      {drop.over && <div className="c-drop">{t('composer:dropHere')}</div>}
      <SendDoubts composer={composer} />
    </section>
  )
}
