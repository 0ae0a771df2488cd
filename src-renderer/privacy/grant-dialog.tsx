import { Check, Lock, UserPlus, X } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { useQuery } from '../live'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { dayText, fieldTime, fullTime } from '../text/time'
import { listText } from '../text/lists'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox, Field, Input, Segmented, Select } from '../ui/field'
import { Icon } from '../ui/icon'
import { AddPerson, PersonBox } from './people'
import { lengthText } from './times'
import { whereText } from './where'
import { useMailboxes } from '../work/mailboxes'

type Grant = CallOutput<'grants.list'>['grants'][number]
type Scope = Grant['scope']
type Kind = Grant['kind']
const scopes: readonly Scope[] = ['diagnostics', 'metadata', 'full']
const kinds: readonly Kind[] = ['support', 'customer-success', 'customer-success-manager']
const day = 86_400_000
const presets = { hour: day / 24, day, week: 7 * day, month: 30 * day, quarter: 90 * day, half: 180 * day } as const
type Preset = keyof typeof presets
const isPreset = (name: string): name is Preset => Object.hasOwn(presets, name)
const presetNames = Object.keys(presets).filter(isPreset)

type Fact = 'sync' | 'addresses' | 'subjects' | 'text' | 'profiles' | 'files' | 'drafts' | 'secrets' | 'mail'
const can: Readonly<Record<Scope, readonly Fact[]>> = {
  diagnostics: ['sync'],
  metadata: ['addresses', 'subjects', 'sync'],
  full: ['addresses', 'subjects', 'text', 'profiles', 'sync'],
}
const cannot: Readonly<Record<Scope, readonly Fact[]>> = {
  diagnostics: ['mail', 'drafts', 'secrets'],
  metadata: ['text', 'profiles', 'drafts', 'secrets'],
  full: ['files', 'drafts', 'secrets'],
}

function Facts({ title, facts, yes }: { title: string; facts: readonly Fact[]; yes: boolean }) {
  return (
    <>
      <div className="label can-title">{title}</div>
      <ul className="can t2">
        {facts.map((fact) => (
          <li key={fact}>
            <span className={yes ? 'good' : 't3'}>
              <Icon icon={yes ? Check : X} small />
            </span>
            {t(`privacy:grant.facts.${fact}`)}
          </li>
        ))}
      </ul>
    </>
  )
}

/** What was granted, for whoever tells of it. */
export interface Granted {
  readonly name: string
  readonly fingerprint: string
  readonly scope: Scope
  readonly endsAt: number
}

export interface GrantDialogProps {
  /** The grant that is extended: a new one is made in its place. */
  extend: Grant | null
  longestMs: number
  /** Corrected time. */
  now: number
  /** Who set the longest time, when it is managed. */
  managedBy: string | null
  /** Filled in as the reason. */
  reason?: string
  onGranted?: (granted: Granted) => void
  onClose: () => void
}

/** One person, one reason, one scope, one end; and the same in plain words beside it. */
export function GrantDialog({
  extend,
  longestMs,
  now,
  managedBy,
  reason: given = '',
  onGranted,
  onClose,
}: GrantDialogProps) {
  const people = useQuery('identities.list', {}).data?.identities.filter(({ allowed }) => allowed) ?? []
  const mailboxes = useMailboxes()
  const [chosen, setChosen] = useState<number | null>(extend?.identity.id ?? null)
  const [kind, setKind] = useState<Kind>(extend?.kind ?? 'support')
  const [scope, setScope] = useState<Scope>(extend?.scope ?? 'metadata')
  const [only, setOnly] = useState<readonly number[] | null>(extend?.mailboxIds ?? null)
  const [length, setLength] = useState<Preset | 'custom'>(longestMs >= presets.week ? 'week' : 'day')
  const [custom, setCustom] = useState(() => fieldTime(now + Math.min(longestMs, 14 * day)))
  const [reason, setReason] = useState(extend?.reason ?? given)
  const [reference, setReference] = useState(extend?.reference ?? '')
  /** A tick is for one person and counts for nobody else. */
  const [checkedFor, setCheckedFor] = useState<number | null>(extend?.identity.id ?? null)
  const [adding, setAdding] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)

  // Nobody stands in for one who was chosen and may not be granted access any more.
  const person = chosen === null ? people.at(-1) : people.find(({ id }) => id === chosen)
  const checked = person !== undefined && person.id === checkedFor
  const endsAt = length === 'custom' ? new Date(custom).getTime() : now + presets[length]
  const wrong =
    length !== 'custom'
      ? null
      : !Number.isFinite(endsAt) || endsAt <= now
        ? t('privacy:grant.past')
        : endsAt - now > longestMs
          ? t('privacy:grant.tooLong', { time: lengthText(longestMs), day: dayText(now + longestMs) })
          : null
  const shownScope = kind === 'customer-success-manager' ? 'full' : scope
  const where = whereText(only, mailboxes) || t('privacy:access.noMailbox')
  // What a disabled button cannot say.
  const needs = [
    ...(person ? [] : (['person'] as const)),
    ...(only?.length === 0 ? (['mailbox'] as const) : []),
    ...(wrong === null ? [] : (['end'] as const)),
    ...(reason.trim().length >= 3 ? [] : (['reason'] as const)),
    ...(!person || checked ? [] : (['checked'] as const)),
  ]
  const ready = needs.length === 0
  const name = person?.name ?? t('privacy:grant.somebody')
  const words = { name, what: t(`privacy:grant.whats.${shownScope}`), where }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy || !person) return
    setBusy(true)
    setFailure(null)
    try {
      // A preset counts from the act, not from when the dialog was opened.
      const end = length === 'custom' ? endsAt : Math.min(endsAt, now + longestMs)
      await call('grants.make', {
        identityId: person.id,
        kind,
        scope: shownScope,
        mailboxIds: only === null ? null : [...only],
        reason,
        reference,
        endsAt: end,
        replaces: extend?.id ?? null,
      })
      showToast({ text: t('privacy:grant.done', { name: person.name, when: fullTime(end) }) })
      onGranted?.({ name: person.name, fingerprint: person.fingerprint, scope: shownScope, endsAt: end })
      onClose()
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
      setBusy(false)
    }
  }
  if (adding) return <AddPerson onClose={() => setAdding(false)} onAdded={setChosen} />
  return (
    <Dialog
      open
      onClose={onClose}
      className="gd"
      title={t(extend ? 'privacy:grant.extendTitle' : 'privacy:grant.title')}
      description={t('privacy:grant.text')}
      foot={
        <>
          <span className="grow">
            {person && (
              <Checkbox
                label={t('privacy:grant.checked', { name })}
                checked={checked}
                onChange={(event) => setCheckedFor(event.target.checked ? person.id : null)}
              />
            )}
          </span>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="grant" disabled={!ready} busy={busy}>
            {busy
              ? t('privacy:grant.doing')
              : t('privacy:grant.do', { time: wrong === null ? lengthText(endsAt - now) : '' })}
          </Button>
        </>
      }
    >
      <form id="grant" className="gd-cols" onSubmit={(event) => void submit(event)}>
        <div className="gd-form">
          <div className="field">
            <span className="label">{t('privacy:grant.who')}</span>
            {person ? (
              <PersonBox person={{ card: person, fingerprint: person.fingerprint, words: person.words }}>
                {!extend && (
                  <Button size="sm" icon={UserPlus} onClick={() => setAdding(true)}>
                    {t('privacy:grant.addPerson')}
                  </Button>
                )}
              </PersonBox>
            ) : (
              <div className="staff">
                <span className="grow t2">{t(`privacy:grant.${chosen === null ? 'whoEmpty' : 'whoGone'}`)}</span>
                {!extend && (
                  <Button size="sm" icon={UserPlus} onClick={() => setAdding(true)}>
                    {t('privacy:grant.addPerson')}
                  </Button>
                )}
              </div>
            )}
            {people.length > (person ? 1 : 0) && !extend && (
              <Select
                aria-label={t('privacy:grant.who')}
                value={String(person?.id ?? '')}
                options={[
                  ...(person ? [] : [{ value: '', label: t('privacy:grant.choose') }]),
                  ...people.map((one) => ({ value: String(one.id), label: `${one.name}, ${one.organisation}` })),
                ]}
                onChange={(event) => setChosen(Number(event.target.value))}
              />
            )}
            {person && <span className="hint">{t('privacy:grant.ask', { name })}</span>}
          </div>
          {/* Ahead of what has a default: a small window shows no more than the beginning. */}
          <Field label={t('privacy:grant.reason')} hint={t('privacy:grant.reasonHint')}>
            {(ids) => (
              <Input
                {...ids}
                value={reason}
                maxLength={500}
                dir="auto"
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('privacy:grant.kind')} hint={t(`privacy:kindTexts.${kind}`)}>
            {(ids) => (
              <Select
                {...ids}
                value={kind}
                options={kinds.map((value) => ({ value, label: t(`privacy:kinds.${value}`) }))}
                onChange={(event) => setKind(kinds.find((one) => one === event.target.value) ?? 'support')}
              />
            )}
          </Field>
          <fieldset className="field">
            <legend className="label">{t('privacy:grant.see')}</legend>
            <div className="opts">
              {scopes.map((one) => (
                <label key={one} className={shownScope === one ? 'on-l' : ''}>
                  <input
                    type="radio"
                    className="radio"
                    name="scope"
                    checked={shownScope === one}
                    disabled={kind === 'customer-success-manager' && one !== 'full'}
                    onChange={() => setScope(one)}
                  />
                  <span className="medium">{t(`privacy:scopes.${one}`)}</span>
                  <span className="hint">{t(`privacy:scopeTexts.${one}`)}</span>
                </label>
              ))}
            </div>
          </fieldset>
          {mailboxes.length > 1 && (
            <fieldset className="field">
              <legend className="label">{t('privacy:grant.mailboxes')}</legend>
              <Checkbox
                label={t('privacy:grant.all')}
                checked={only === null}
                onChange={(event) => setOnly(event.target.checked ? null : [])}
              />
              {only !== null &&
                mailboxes.map((mailbox) => (
                  <Checkbox
                    key={mailbox.id}
                    label={<bdi>{mailbox.name}</bdi>}
                    checked={only.includes(mailbox.id)}
                    onChange={(event) =>
                      setOnly(event.target.checked ? [...only, mailbox.id] : only.filter((id) => id !== mailbox.id))
                    }
                  />
                ))}
            </fieldset>
          )}
          <div className="field">
            <span className="label x">
              {t('privacy:grant.howLong')}
              <span className="push lockmark">
                {managedBy !== null && <Icon icon={Lock} />}
                {managedBy === null
                  ? t('privacy:grant.upTo', { time: lengthText(longestMs) })
                  : t('privacy:grant.upToManaged', { time: lengthText(longestMs), who: managedBy })}
              </span>
            </span>
            <Segmented
              className="dur"
              label={t('privacy:grant.howLong')}
              value={length}
              options={[...presetNames, 'custom' as const].map((value) => ({
                value,
                label: t(`privacy:grant.presets.${value}`),
                disabled: value !== 'custom' && presets[value] > longestMs,
              }))}
              onChange={setLength}
            />
            {length === 'custom' ? (
              <Field label={t('privacy:grant.until')} error={wrong}>
                {(ids) => (
                  <Input
                    {...ids}
                    type="datetime-local"
                    value={custom}
                    min={fieldTime(now)}
                    onChange={(event) => setCustom(event.target.value)}
                  />
                )}
              </Field>
            ) : (
              <span className="hint">{t('privacy:grant.ends', { when: fullTime(endsAt) })}</span>
            )}
          </div>
          <Field label={t('privacy:grant.reference')}>
            {(ids) => (
              <Input
                {...ids}
                value={reference}
                maxLength={100}
                dir="auto"
                onChange={(event) => setReference(event.target.value)}
              />
            )}
          </Field>
        </div>
        <div className="gd-sum">
          <h3>{t('privacy:grant.plain')}</h3>
          <p className="t2">
            <bdi>
              {ready
                ? t('privacy:grant.sentence', { ...words, when: fullTime(endsAt), reason: reason.trim() })
                : t('privacy:grant.sentenceOpen', words)}
            </bdi>
          </p>
          {!ready && (
            <p className="gd-needs" role="status">
              {t('privacy:grant.missing', { what: listText(needs.map((one) => t(`privacy:grant.needs.${one}`))) })}
            </p>
          )}
          <Facts title={t('privacy:grant.can')} facts={can[shownScope]} yes />
          <Facts title={t('privacy:grant.cannot')} facts={cannot[shownScope]} yes={false} />
          <div className="label can-title">{t('privacy:grant.never')}</div>
          <p className="t2">
            {t(kind === 'customer-success-manager' ? 'privacy:grant.neverManager' : 'privacy:grant.neverText')}
          </p>
        </div>
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
