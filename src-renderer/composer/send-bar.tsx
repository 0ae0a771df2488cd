import {
  CalendarClock,
  Check,
  Circle,
  CircleCheck,
  ImagePlus,
  Paperclip,
  Pause,
  Send,
  Trash2,
  TriangleAlert,
} from 'lucide-react'
import { useRef, useState } from 'react'
import type { AutoKind, CallInput, Draft } from '../../src-preload/contract'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import type { MenuItem } from '../ui/menu'
import { SendLater } from '../ui/send-later'
import { Spinner } from '../ui/spinner'
import { SplitButton } from '../ui/split-button'
import { usePeople } from '../work/people'
import { AssignChip, assignItems } from './assign-too'
import type { Saving } from './draft-desk'
import { EditorTools } from '../writing/editor'
import { pictureTypes } from '../writing/pictures'
import type { Composer } from './use-composer'

type Then = CallInput<'outbox.send'>['thenStatus']
const icons = { closed: CircleCheck, open: Circle, pending: Pause } as const
const queueWords = {
  closed: 'composer:send.queueClosed',
  pending: 'composer:send.queuePending',
  open: 'composer:send.queueOpen',
} as const
const sendWords = {
  closed: 'composer:send.closed',
  pending: 'composer:send.pending',
  open: 'composer:send.open',
} as const

const words = (then: Then, offline: boolean): string => t((offline ? queueWords : sendWords)[then])

/** "Draft saved", "Saving": read out politely, without haste. */
export function SavedMark({ saving }: { saving: Saving }) {
  if (saving === 'clean') return <span role="status" />
  return (
    <span className="x g1 t3 meta nowrap" role="status">
      {saving === 'saved' ? (
        <Icon icon={Check} small />
      ) : saving === 'failed' ? (
        <span className="bad">
          <Icon icon={TriangleAlert} small />
        </span>
      ) : (
        <Spinner />
      )}
      {t(`composer:saving.${saving}`)}
    </span>
  )
}

/** What stands in the way of sending, in place. Text is never lost by it. */
export function SendTrouble({ composer }: { composer: Composer }) {
  const { problem, failure, state } = composer
  return (
    <>
      {problem && (
        <Banner kind="bad" urgent className="c-banner">
          {t(`composer:problem.${problem}`)}
        </Banner>
      )}
      {failure && (
        <Banner kind="bad" urgent className="c-banner">
          {errorText(failure)}
        </Banner>
      )}
      {state.saving === 'failed' && state.error && !failure && (
        <Banner
          kind="warn"
          className="c-banner"
          actions={
            <Button size="sm" onClick={() => void composer.keepAll()}>
              {t('retry')}
            </Button>
          }
        >
          {t('composer:saveFailed')} {errorText(state.error)}
        </Banner>
      )}
    </>
  )
}

/** Says who wrote while this reply was being written: it would be held. Its writer can say that it still fits. */
export function SinceStrip({ draft }: { draft: Draft | null }) {
  const [first, ...others] = draft?.since ?? []
  if (!draft || !first) return null
  const name = first.from.name.trim() || first.from.address
  const fits = () => void call('drafts.rebase', { id: draft.id }).catch(tellFailure)
  return (
    <Banner
      kind="warn"
      className="c-banner"
      actions={
        <Button size="sm" onClick={fits}>
          {t('sending:since.fits')}
        </Button>
      }
    >
      <bdi>
        {t(first.direction === 'out' ? 'sending:since.stripOut' : 'sending:since.strip', {
          name,
          count: others.length + 1,
        })}
      </bdi>
    </Banner>
  )
}

/** Says that the message that is answered was written by a machine. */
export function MachineStrip({ kind }: { kind: AutoKind }) {
  return kind === 'none' || kind === 'bounce' ? null : (
    <Banner kind="plain" className="c-banner">
      {t(`sending:machine.${kind}`)}
    </Banner>
  )
}

/** Asks about what looks forgotten. */
export function SendDoubts({ composer }: { composer: Composer }) {
  const { asked, doubts, forgetDoubts, send, editor } = composer
  if (asked === null) return null
  const back = () => {
    forgetDoubts()
    editor.commands.focus()
  }
  return (
    <Dialog
      open
      onClose={back}
      title={t('composer:doubt.title')}
      foot={
        <>
          <Button size="lg" onClick={back}>
            {t('composer:doubt.back')}
          </Button>
          <Button size="lg" kind="primary" onClick={() => send(asked.status, true, asked.later)}>
            {t('composer:doubt.send')}
          </Button>
        </>
      }
    >
      {doubts.map((doubt) => (
        <Banner key={doubt} kind="warn">
          {t(`composer:doubt.${doubt}`)}
        </Banner>
      ))}
    </Dialog>
  )
}

/** Tools at the start, Send at the end. */
export function SendBar({ composer, isNew }: { composer: Composer; isNew: boolean }) {
  const { editor, attach, addPictures, send, sending, settings, offline, discard, state, assign, setAssign } = composer
  const people = usePeople()
  const picker = useRef<HTMLInputElement>(null)
  const chosen = useRef(attach)
  const pick = (accept: string, then: typeof attach) => {
    if (!picker.current) return
    picker.current.accept = accept
    chosen.current = then
    picker.current.click()
  }
  const [askingTime, setAskingTime] = useState(false)
  const usual: Then = settings?.afterSend ?? 'closed'
  const label = words(usual, offline)
  const others = ['closed', 'open', 'pending'] as const
  return (
    <div className="c-foot">
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          chosen.current([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <EditorTools
        editor={editor}
        before={
          <>
            <IconButton icon={Paperclip} label={t('composer:attach')} onClick={() => pick('', attach)} />
            <IconButton
              icon={ImagePlus}
              label={t('composer:addPicture')}
              onClick={() => pick(pictureTypes.join(','), addPictures)}
            />
          </>
        }
      />
      <span className="push x">
        {state.draft && <IconButton icon={Trash2} label={t('composer:discard')} onClick={discard} />}
        <AssignChip to={assign} />
        {!isNew && <Kbd act="send" />}
        <SplitButton
          more={t('composer:send.more')}
          items={[
            ...others.map((then): MenuItem => ({
              label: words(then, offline),
              icon: then === usual ? Send : icons[then],
              act: then === usual ? 'send' : then === 'open' ? 'sendOpen' : undefined,
              onSelect: () => send(then),
            })),
            'separator',
            { label: t('sending:later.menu'), icon: CalendarClock, onSelect: () => setAskingTime(true) },
            ...(isNew ? [] : assignItems(people, assign, setAssign)),
          ]}
        >
          <Button
            kind="primary"
            icon={Send}
            busy={sending}
            aria-label={offline && !sending ? t('composer:send.queueName', { label }) : undefined}
            onClick={() => send(usual)}
          >
            {sending ? t('composer:send.busy') : label}
          </Button>
        </SplitButton>
      </span>
      {askingTime && (
        <SendLater
          onClose={() => setAskingTime(false)}
          onChoose={(sendAt, unlessAnswered) => send(usual, false, { sendAt, unlessAnswered })}
        />
      )}
    </div>
  )
}
