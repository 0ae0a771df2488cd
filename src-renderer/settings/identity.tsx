import { ChevronLeft } from 'lucide-react'
import { useState } from 'react'
import {
  noSignature,
  senderName,
  signatureFor,
  type Mailbox,
  type MailboxIdentity,
  type Settings,
} from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { goSettings } from '../state/places'
import { showToast, tellOnceDone } from '../state/toast'
import { errorText, t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Input, Segmented } from '../ui/field'
import { Page } from '../ui/page'
import { IdentityConflicts } from '../work/identity-conflicts'
import { SignatureEditor } from '../writing/signature-editor'
import { Addresses } from './identity-addresses'
import { Sending } from './identity-sending'
import { Group, Row } from './row'
import './settings.css'

const personal = ['agentName', 'signature'] as const
const shared = ['displayName', 'shows', 'aliases', 'sendThrough', 'limits'] as const
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/**
 * What was changed and not saved, by mailbox: whoever leaves the page and comes back finds it. Only that: what others set meanwhile
 * must not be taken back with it.
 */
const unsaved = new Map<number, Partial<MailboxIdentity>>()

function changedOf<K extends keyof MailboxIdentity>(
  names: readonly K[],
  before: MailboxIdentity,
  after: MailboxIdentity,
): Partial<Pick<MailboxIdentity, K>> {
  const changed: Partial<Pick<MailboxIdentity, K>> = {}
  for (const name of names) if (!same(before[name], after[name])) changed[name] = after[name]
  return changed
}

function why(error: CallError): string {
  const address = error.detail['address']
  return error.code === 'conflict' && typeof address === 'string'
    ? t('identity:addresses.taken', { address })
    : errorText(error)
}

async function takeBack(tokens: readonly string[]): Promise<void> {
  try {
    for (const undo of tokens.toReversed()) await call('acts.undo', { undo })
    showToast({ text: t('common:undone'), lastsMs: 3_000 })
  } catch (thrown) {
    tellFailure(thrown)
  }
}

/** Keeps what was changed; each part asks for its own permission. Rejects with a CallError. @returns what takes it back */
async function keep(mailbox: Mailbox, next: MailboxIdentity): Promise<string[]> {
  const tokens: string[] = []
  const ofMailbox = changedOf(shared, mailbox.identity, next)
  const ofAgent = changedOf(personal, mailbox.identity, next)
  if (Object.keys(ofMailbox).length > 0)
    tokens.push((await call('mailboxes.setIdentity', { id: mailbox.id, ...ofMailbox })).undo)
  if (Object.keys(ofAgent).length > 0)
    tokens.push((await call('mailboxes.setPersonal', { id: mailbox.id, ...ofAgent })).undo)
  return tokens
}

const keepAndTell = (mailbox: Mailbox, next: MailboxIdentity) =>
  tellOnceDone(keep(mailbox, next), (tokens) =>
    tokens.length === 0 ? null : { text: t('identity:saved', { name: mailbox.name }), undo: () => takeBack(tokens) },
  )

/** Who a mailbox is to those who get its mail: names, addresses, signature, and the account that it leaves through. */
export function IdentityPage({ mailbox, mailboxes }: { mailbox: Mailbox; mailboxes: readonly Mailbox[] }) {
  const settings = useQuery('settings.get', {}).data
  // taken back by Undo: the page begins with what stands now
  return settings ? (
    <Fields key={JSON.stringify(mailbox.identity)} mailbox={mailbox} mailboxes={mailboxes} settings={settings} />
  ) : null
}

function Fields({
  mailbox,
  mailboxes,
  settings,
}: {
  mailbox: Mailbox
  mailboxes: readonly Mailbox[]
  settings: Settings
}) {
  const [form, setForm] = useState((): MailboxIdentity => ({ ...mailbox.identity, ...unsaved.get(mailbox.id) }))
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const dirty = !same(form, mailbox.identity)
  const changed = { ...mailbox, identity: form }
  const change = (next: Partial<MailboxIdentity>) => {
    unsaved.set(mailbox.id, { ...unsaved.get(mailbox.id), ...next })
    setForm({ ...form, ...next })
  }
  const save = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await keepAndTell(mailbox, form)
      unsaved.delete(mailbox.id)
    } catch (thrown) {
      setFailure(t('identity:failed', { why: why(asCallError(thrown)) }))
    }
    setBusy(false)
  }
  const others = mailboxes.filter((one) => one.id !== mailbox.id && !one.local)
  return (
    <Page
      title={t('identity:title', { name: mailbox.name })}
      end={
        <>
          {dirty && (
            <span className="meta t3" role="status">
              {t('identity:unsaved')}
            </span>
          )}
          <Button icon={ChevronLeft} onClick={() => goSettings('mailboxes')}>
            {t('identity:back')}
          </Button>
          <Button kind="primary" disabled={!dirty} busy={busy} onClick={() => void save()}>
            {t(busy ? 'identity:saving' : 'identity:save')}
          </Button>
        </>
      }
    >
      {failure !== null && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
      <IdentityConflicts of={mailbox} />
      <Group title={t('identity:names.title')}>
        <Row title={t('identity:names.display')} text={t('identity:names.displayHint')}>
          {(ids) => (
            <Input
              aria-labelledby={ids.labelledBy}
              aria-describedby={ids.describedBy}
              value={form.displayName}
              placeholder={mailbox.name}
              maxLength={80}
              dir="auto"
              autoComplete="off"
              onChange={(event) => change({ displayName: event.target.value })}
            />
          )}
        </Row>
        <Row title={t('identity:names.agent')} text={t('identity:names.agentHint')}>
          {(ids) => (
            <Input
              aria-labelledby={ids.labelledBy}
              aria-describedby={ids.describedBy}
              value={form.agentName}
              placeholder={settings.agentName}
              maxLength={80}
              dir="auto"
              autoComplete="off"
              onChange={(event) => change({ agentName: event.target.value })}
            />
          )}
        </Row>
        <Row title={t('identity:names.shows')}>
          {() => (
            <Segmented
              label={t('identity:names.shows')}
              value={form.shows}
              onChange={(shows) => change({ shows })}
              options={(['agent', 'both', 'mailbox'] as const).map((value) => ({
                value,
                label: t(`identity:names.choices.${value}`),
              }))}
            />
          )}
        </Row>
        <Row title={t('identity:names.preview')}>
          {() => (
            <span className="sel from-preview">
              <bdi className="medium">{senderName(changed, mailbox.address, settings.agentName)}</bdi>{' '}
              <bdi className="t2">&lt;{mailbox.address}&gt;</bdi>
            </span>
          )}
        </Row>
      </Group>
      <Addresses mailbox={changed} agentName={settings.agentName} onChange={(aliases) => change({ aliases })} />
      <Group title={t('identity:signature.title')}>
        <Row title={t('identity:signature.from')}>
          {() => (
            <Segmented
              label={t('identity:signature.from')}
              value={form.signature === null ? 'profile' : 'own'}
              onChange={(value) => change({ signature: value === 'own' ? settings.signature : null })}
              options={(['profile', 'own'] as const).map((value) => ({
                value,
                label: t(`identity:signature.choices.${value}`),
              }))}
            />
          )}
        </Row>
        <div className="set signature-set">
          {form.signature === null ? (
            <div className="t2 sel pre">
              {settings.signature.text === ''
                ? t('identity:signature.none')
                : signatureFor(changed, mailbox.address, noSignature).text || settings.signature.text}
            </div>
          ) : (
            <SignatureEditor
              name={t('identity:signature.text')}
              value={form.signature}
              onChange={(signature) => change({ signature })}
            />
          )}
        </div>
      </Group>
      <Sending mailbox={changed} others={others} onChange={change} />
    </Page>
  )
}
