import { FileX, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useQuery } from '../live'
import { useList } from '../state/list'
import { goBack, usePlaces } from '../state/places'
import { errorText, t } from '../text'
import { Button, IconButton } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { focusIsFree } from '../ui/trigger'
import { AddressLines } from './address-lines'
import { useFileDrop } from './drop'
import { chosenFrom, FromChoice } from './from-choice'
import { EditorText } from '../writing/editor'
import { DraftFiles } from './parts'
import { SavedMark, SendBar, SendDoubts, SendTrouble } from './send-bar'
import { SignatureBlock } from './signature-block'
import { useComposer } from './use-composer'
import { useSendKeys } from './use-send-keys'
import './composer.css'
import { useServerMailboxes } from '../work/mailboxes'

const nobody = { to: [], cc: [], bcc: [] }

function leave(): void {
  if (usePlaces.getState().past.length > 0) goBack()
  else usePlaces.getState().go(usePlaces.getState().list)
}

/** A conversation that the team begins: recipients, subject, text. */
export function NewMessage({ draftId }: { draftId: number | null }) {
  const { data: kept, error } = useQuery('drafts.get', draftId === null ? null : { id: draftId })
  const settings = useQuery('settings.get', {}).data
  const mailboxes = useServerMailboxes()
  const place = useRef<HTMLElement>(null)
  // It leaves from the mailbox that is on screen.
  const begunIn = usePlaces((state) => state.list.mailboxId)
  const composer = useComposer({
    name: t('composer:message'),
    about: `new ${draftId ?? ''}`,
    draftId,
    start: () => ({ kind: 'new', conversationId: null, messageId: null, mailboxId: begunIn, visibleText: null }),
    preview: nobody,
    isForward: false,
    asksSubject: true,
    settings,
    onSent: leave,
    onDiscarded: () => {
      if (focusIsFree()) useList.getState().hands?.focus()
      leave()
    },
  })
  const { desk, state, send } = composer

  const loaded = useRef(false)
  useEffect(() => {
    if (!kept || loaded.current) return
    loaded.current = true
    const { saving, draft } = desk.snapshot()
    if (saving !== 'failed' && draft?.id !== kept.id) desk.load(kept)
  }, [kept, desk])

  useSendKeys(place, send, settings)
  const drop = useFileDrop(composer.attach)

  if (error && !kept) {
    return (
      <section className="pane conv" aria-label={t('composer:new.region')} data-pane="conversation">
        <EmptyState icon={FileX} title={t('composer:new.gone')} action={<Button onClick={leave}>{t('back')}</Button>}>
          {error.code === 'not-found' || error.code === 'conflict' ? t('composer:new.goneText') : errorText(error)}
        </EmptyState>
      </section>
    )
  }
  const { content } = state
  const people = { to: content.to ?? [], cc: content.cc ?? [], bcc: content.bcc ?? [] }
  const chosen = chosenFrom(mailboxes, {
    mailboxId: content.mailboxId ?? begunIn ?? undefined,
    address: content.from ?? '',
  })
  const from =
    mailboxes.length > 1 || mailboxes.some(({ identity }) => identity.aliases.length > 0) ? (
      <FromChoice
        mailboxes={mailboxes}
        from={chosen}
        agentName={settings?.agentName ?? ''}
        onChange={(next) => desk.edit(next)}
      />
    ) : null
  return (
    <section
      ref={place}
      className={`pane conv new-message${drop.over ? ' dropping' : ''}`}
      aria-label={t('composer:new.region')}
      data-pane="conversation"
      {...drop.handlers}
    >
      <header className="panehead">
        <h2 className="grow">{t('composer:new.title')}</h2>
        <SavedMark saving={state.saving} />
        <IconButton icon={X} size="sm" label={t('composer:new.close')} act="escape" onClick={leave} />
      </header>
      <AddressLines
        inline={false}
        from={from}
        people={people}
        focusTo={draftId === null}
        onChange={(next) => desk.edit(next)}
      />
      <div className="c-addr">
        <label htmlFor="new-subject">{t('composer:subject')}</label>
        <input
          id="new-subject"
          className="c-subject"
          dir="auto"
          value={content.subject ?? ''}
          onChange={(event) => desk.edit({ subject: event.target.value })}
        />
      </div>
      <SendTrouble composer={composer} />
      <div
        className="c-scroll grow"
        onClick={(event) => event.target === event.currentTarget && composer.editor.commands.focus('end')}
      >
        <EditorText editor={composer.editor} />
        <SignatureBlock composer={composer} from={chosen} />
      </div>
      <DraftFiles desk={desk} state={state} />
      <SendBar composer={composer} isNew />
      {drop.over && <div className="c-drop">{t('composer:dropHere')}</div>}
      <SendDoubts composer={composer} />
    </section>
  )
}
