import { Copy } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { CallInput } from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { goAddMailbox } from '../state/places'
import { copyText } from '../state/clipboard'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Select } from '../ui/field'
import { useFinish } from '../ui/use-finish'
import { CarrierFields, isCarrier, plainCarrier, toCarrier } from './team-carrier'
import './settings.css'
import { useServerMailboxes } from '../work/mailboxes'

/** The mailboxes that a team's data can travel through, as options. */
function useMailboxOptions(): readonly { value: string; label: string }[] {
  return useServerMailboxes().map(({ id, name, address }) => ({
    value: String(id),
    label: `${name} (${address})`,
  }))
}

/** A long code in letters that are easy to tell apart, with a button that copies it. */
export function Code({ value }: { value: string }) {
  return (
    <div className="x g2 code-box">
      <code className="grow sel" dir="ltr">
        {value}
      </code>
      <Button size="sm" icon={Copy} onClick={() => void copyText(value, t('team:create.copied'))}>
        {t('team:create.copy')}
      </Button>
    </div>
  )
}

/** Makes a team, then shows the recovery code and has it typed once. */
export function CreateDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const mailboxes = useMailboxOptions()
  const [mailbox, setMailbox] = useState<string | null>(null)
  const [over, setOver] = useState(plainCarrier)
  const [code, setCode] = useState<string | null>(null)
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const chosen = mailbox ?? mailboxes[0]?.value
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || chosen === undefined) return
    setBusy(true)
    setFailure(null)
    try {
      if (code === null)
        setCode((await call('team.create', { mailboxId: Number(chosen), carrier: toCarrier(over) })).recoveryCode)
      else if ((await call('team.checkRecovery', { code: typed })).right) return onMade()
      else setFailure(t('team:create.wrong'))
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    } finally {
      setBusy(false)
    }
  }
  if (mailboxes.length === 0) return <NoMailbox title={t('team:create.title')} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={code === null ? t('team:create.title') : t('team:create.recoveryTitle')}
      description={code === null ? t('team:create.text') : t('team:create.recoveryText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind="primary"
            submit
            form="create-team"
            busy={busy}
            disabled={code === null ? !isCarrier(over) : typed.trim() === ''}
          >
            {code === null ? t('team:create.do') : t('team:create.done')}
          </Button>
        </>
      }
    >
      <form id="create-team" className="y g3" onSubmit={(event) => void submit(event)}>
        {code === null ? (
          <>
            <Field label={t(over.kind === 'nats' ? 'team:join.mailbox' : 'team:create.mailbox')}>
              {(ids) => (
                <Select
                  {...ids}
                  value={chosen}
                  options={mailboxes}
                  onChange={(event) => setMailbox(event.target.value)}
                />
              )}
            </Field>
            <CarrierFields form={over} onChange={setOver} />
          </>
        ) : (
          <>
            <Code value={code} />
            <Field label={t('team:create.again')} hint={t('team:create.later')} error={failure ?? undefined}>
              {(ids) => (
                <Input
                  {...ids}
                  autoFocus
                  dir="ltr"
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={100}
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              )}
            </Field>
          </>
        )}
      </form>
      {failure && code === null && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}

/** What is asked of a computer that is in no team and comes into one by a code. */
interface Entry {
  /** The words of the dialog. */
  of: 'join' | 'start'
  longest: number
  enter: (input: CallInput<'team.join'>) => Promise<unknown>
  /** The error that a wrong code gives. */
  wrong: CallError['code']
}
const entries = {
  join: { of: 'join', longest: 200, enter: (input) => call('team.join', input), wrong: 'invalid-input' },
  /** The owner's computer is lost: this one takes its place. */
  recover: {
    of: 'start',
    longest: 100,
    enter: (input) => call('team.startRecovery', input),
    wrong: 'wrong-passphrase',
  },
} as const satisfies Record<string, Entry>

/** Brings this computer into a team: by an invitation, or in the place of the owner's lost one. */
export function EnterDialog({ by, onClose }: { by: keyof typeof entries; onClose: () => void }) {
  const { of, longest, enter, wrong }: Entry = entries[by]
  const mailboxes = useMailboxOptions()
  const [mailbox, setMailbox] = useState<string | null>(null)
  const [code, setCode] = useState('')
  const [over, setOver] = useState(plainCarrier)
  const { busy, failure, finish } = useFinish(onClose, (error) =>
    error.code === wrong ? t(`team:${of}.wrong`) : undefined,
  )
  const chosen = mailbox ?? mailboxes[0]?.value
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen === undefined || code.trim() === '') return
    finish(async () => void (await enter({ code, mailboxId: Number(chosen), carrier: toCarrier(over) })))
  }
  if (mailboxes.length === 0) return <NoMailbox title={t(`team:${of}.title`)} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`team:${of}.title`)}
      description={t(`team:${of}.text`)}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind="primary"
            submit
            form="enter-team"
            busy={busy}
            disabled={code.trim() === '' || !isCarrier(over)}
          >
            {t(`team:${of}.do`)}
          </Button>
        </>
      }
    >
      <form id="enter-team" className="y g3" onSubmit={submit}>
        <Field label={t(`team:${of}.code`)} hint={t(`team:${of}.codeHint`)} error={failure ?? undefined}>
          {(ids) => (
            <Input
              {...ids}
              autoFocus
              dir="ltr"
              autoComplete="off"
              spellCheck={false}
              maxLength={longest}
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('team:join.mailbox')}>
          {(ids) => (
            <Select {...ids} value={chosen} options={mailboxes} onChange={(event) => setMailbox(event.target.value)} />
          )}
        </Field>
        <CarrierFields form={over} onChange={setOver} />
      </form>
    </Dialog>
  )
}

function NoMailbox({ title, onClose }: { title: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={t('team:join.noMailbox')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind="primary"
            onClick={() => {
              onClose()
              goAddMailbox()
            }}
          >
            {t('team:join.addMailbox')}
          </Button>
        </>
      }
    />
  )
}
