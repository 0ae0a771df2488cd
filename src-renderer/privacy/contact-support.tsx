import { LifeBuoy, ShieldCheck } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { isMailboxAddress } from '../../src-preload/contract/address'
import type { CallOutput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { useQuery } from '../live'
import { useNow } from '../state/clock'
import { beforeClosing } from '../state/closing'
import { goAddMailbox } from '../state/places'
import { endLetter, useSupportLetter, writeLetter, type SupportLetter } from '../state/support-letter'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Checkbox, Field, Input, Select, TextArea } from '../ui/field'
import { Icon } from '../ui/icon'
import { LockMark } from '../ui/lock-mark'
import { Page } from '../ui/page'
import { GrantDialog } from './grant-dialog'
import { ReportText } from './report-text'
import { draftLetter, keepLetter, letterOf } from './write-mail'
import './privacy.css'

type State = CallOutput<'reports.state'>

/** Writes to the support team: what happened, diagnostics that were read here, a grant; and out of it a draft. */
export function ContactSupport() {
  const state = useQuery('reports.state', {}).data
  const mailboxes = useQuery('mailboxes.list', {}).data?.mailboxes.filter(({ local }) => !local)
  return (
    <Page title={t('reports:contact.title')}>
      {mailboxes?.length === 0 && (
        <div className="card">
          <EmptyState
            icon={LifeBuoy}
            title={t('reports:contact.noMailbox')}
            action={
              <Button kind="primary" onClick={goAddMailbox}>
                {t('reports:contact.addMailbox')}
              </Button>
            }
          />
        </div>
      )}
      {state && mailboxes && mailboxes.length > 0 && <Form state={state} mailboxes={mailboxes} />}
    </Page>
  )
}

/** A lock or an end leaves no form: what was typed lies with the drafts then. */
beforeClosing(async () => {
  const letter = useSupportLetter.getState()
  if (`${letter.subject}${letter.what}`.trim() === '') return
  await keepLetter(letterOf(letter))
  endLetter()
})

function Form({ state, mailboxes }: { state: State; mailboxes: CallOutput<'mailboxes.list'>['mailboxes'] }) {
  const letter = useSupportLetter()
  const { subject, what, attach, report, granted } = letter
  const to = letter.to ?? state.supportAddress
  const mailboxId = mailboxes.find(({ id }) => id === letter.mailboxId)?.id ?? mailboxes[0]?.id ?? null
  const [granting, setGranting] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const tick = useNow()
  const grants = useQuery('grants.list', {}).data
  const policy = useQuery('policy.get', {}).data
  const address = state.addressManaged ? state.supportAddress : to.trim()
  const ready = isMailboxAddress(address) && subject.trim() !== '' && what.trim() !== '' && (!attach || report !== null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      if (!state.addressManaged && address !== state.supportAddress)
        await call('settings.set', { supportAddress: address })
      await draftLetter(letterOf({ ...letter, to: address, mailboxId }))
      endLetter()
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
      setBusy(false)
    }
  }
  const managed = policy?.locked.includes('supportAccessLongestDays')
    ? (policy.managedBy ?? t('privacy:grant.organisation'))
    : null
  return (
    <>
      <form
        className="card card-b y g4 contact"
        aria-label={t('reports:contact.title')}
        onSubmit={(event) => void submit(event)}
      >
        <p className="t2">{t('reports:contact.text')}</p>
        <Field
          label={t('reports:contact.to')}
          hint={t(state.addressManaged ? 'reports:contact.toManaged' : 'reports:contact.toHint')}
        >
          {(ids) => (
            <Input
              {...ids}
              type="email"
              value={state.addressManaged ? state.supportAddress : to}
              managed={state.addressManaged}
              maxLength={320}
              dir="ltr"
              onChange={(event) => writeLetter({ to: event.target.value })}
            />
          )}
        </Field>
        {mailboxes.length > 1 && (
          <Field label={t('reports:contact.mailbox')}>
            {(ids) => (
              <Select
                {...ids}
                value={String(mailboxId)}
                options={mailboxes.map(({ id, name, address: own }) => ({
                  value: String(id),
                  label: `${name} (${own})`,
                }))}
                onChange={(event) => writeLetter({ mailboxId: Number(event.target.value) })}
              />
            )}
          </Field>
        )}
        <Field label={t('reports:contact.subject')}>
          {(ids) => (
            <Input
              {...ids}
              value={subject}
              maxLength={200}
              dir="auto"
              onChange={(event) => writeLetter({ subject: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('reports:contact.what')} hint={t('reports:contact.whatHint')}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={6}
              value={what}
              dir="auto"
              onChange={(event) => writeLetter({ what: event.target.value })}
            />
          )}
        </Field>
        <Diagnostics
          attach={attach}
          report={report}
          onAttach={(on) => writeLetter({ attach: on })}
          onReport={(text) => writeLetter({ report: text })}
          onFailure={setFailure}
        />
        <Access granted={granted} refusal={grants?.refusal} onGrant={() => setGranting(true)} />
        {failure && (
          <Banner kind="bad" urgent>
            {failure}
          </Banner>
        )}
        <div className="x">
          <span className="grow" />
          <Button size="lg" kind="primary" submit disabled={!ready} busy={busy}>
            {t(busy ? 'reports:contact.doing' : 'reports:contact.do')}
          </Button>
        </div>
      </form>
      {granting && grants && (
        <GrantDialog
          extend={null}
          reason={subject.trim()}
          longestMs={grants.longestMs}
          now={Math.max(grants.now, tick)}
          managedBy={managed}
          onGranted={(made) => writeLetter({ granted: made })}
          onClose={() => setGranting(false)}
        />
      )}
    </>
  )
}

/** Diagnostics go along only as the person read and left them: they are made here and shown whole. */
function Diagnostics({
  attach,
  report,
  onAttach,
  onReport,
  onFailure,
}: {
  attach: boolean
  report: string | null
  onAttach: (on: boolean) => void
  onReport: (text: string | null) => void
  onFailure: (text: string) => void
}) {
  const addDiagnostics = async (add: boolean) => {
    onAttach(add)
    onReport(null)
    if (!add) return
    try {
      onReport((await call('app.makeReport', {})).text)
    } catch (thrown) {
      onAttach(false)
      onFailure(errorText(asCallError(thrown)))
    }
  }
  return (
    <>
      <Checkbox
        label={t('reports:contact.diagnostics')}
        hint={t('reports:contact.diagnosticsHint')}
        checked={attach}
        onChange={(event) => void addDiagnostics(event.target.checked)}
      />
      {attach && report === null && <p className="t2">{t('reports:report.making')}</p>}
      {attach && report !== null && <ReportText text={report} rows={10} onChange={onReport} />}
    </>
  )
}

/** The grant that goes with the letter, or why there can be none. */
function Access({
  granted,
  refusal,
  onGrant,
}: {
  granted: SupportLetter['granted']
  refusal: CallOutput<'grants.list'>['refusal'] | undefined
  onGrant: () => void
}) {
  return (
    <div className="x">
      <div className="grow">
        <div className="medium">{t('reports:contact.access')}</div>
        <p className="t3 meta">
          {t(
            refusal === 'policy'
              ? 'reports:contact.accessOff'
              : refusal === 'permission'
                ? 'reports:contact.accessNo'
                : 'reports:contact.accessHint',
          )}
        </p>
      </div>
      {granted ? (
        <span className="chip good">
          <Icon icon={ShieldCheck} />
          <bdi>{t('reports:contact.granted', { name: granted.name, when: fullTime(granted.endsAt) })}</bdi>
        </span>
      ) : refusal === 'policy' ? (
        <LockMark />
      ) : (
        <Button disabled={refusal !== null} onClick={onGrant}>
          {t('reports:contact.grant')}
        </Button>
      )}
    </div>
  )
}
