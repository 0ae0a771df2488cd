import { FileKey, FolderOpen } from 'lucide-react'
import { useRef, useState, type FormEvent } from 'react'
import type { CallOutput } from '../../src-preload/contract'
import { asCallError, call } from '../client'
import { copyText } from '../state/clipboard'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { Avatar } from '../ui/avatar'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, TextArea } from '../ui/field'
import { isPassphrasePair, NewPassphrase, PasswordField } from '../ui/passphrase'
import { ActDialog } from '../ui/act-dialog'

export type Person = CallOutput<'identities.read'>

/** A person by name, organisation, fingerprint and words. */
export function PersonBox({
  person,
  children,
}: {
  person: { card: { name: string; organisation: string }; fingerprint: string; words: string }
  children?: React.ReactNode
}) {
  return (
    <div className="staff">
      <Avatar name={person.card.name} seed={person.fingerprint} size="lg" />
      <div className="grow">
        <div className="x wrap">
          <bdi className="medium">{person.card.name}</bdi>
          <bdi className="t2">{person.card.organisation}</bdi>
        </div>
        <div className="meta t2">
          <span className="mono sel">{person.fingerprint}</span>
        </div>
        <div className="meta t2 sel">{person.words}</div>
      </div>
      {children}
    </div>
  )
}

/** Text of a card, pasted or opened; tells who it is. */
export function CardField({
  label,
  hint,
  onPerson,
}: {
  label: string
  hint: string
  onPerson: (person: Person | null, text: string) => void
}) {
  const [text, setText] = useState('')
  const [person, setPerson] = useState<Person | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const newest = useRef('')
  const change = async (value: string) => {
    setText(value)
    newest.current = value
    let found: Person | null = null
    try {
      if (value.trim() !== '') found = await call('identities.read', { card: value })
    } catch {
      // Said below: it is no card.
    }
    // Another letter was typed meanwhile: its answer counts.
    if (newest.current !== value) return
    setPerson(found)
    setFailure(found === null && value.trim() !== '' ? t('privacy:people.notCard') : null)
    onPerson(found, value)
  }
  const open = async () => {
    try {
      const found = (await call('app.openSupportCard', {})).text
      if (found !== null) await change(found)
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
  }
  return (
    <div className="y g2">
      <Field label={label} hint={hint} error={failure}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={4}
            value={text}
            spellCheck={false}
            className="mono"
            dir="ltr"
            onChange={(event) => void change(event.target.value)}
          />
        )}
      </Field>
      <div>
        <Button icon={FolderOpen} onClick={() => void open()}>
          {t('privacy:people.open')}
        </Button>
      </div>
      {person && <PersonBox person={person} />}
    </div>
  )
}

/** Takes in the card of a support person. */
export function AddPerson({ onClose, onAdded }: { onClose: () => void; onAdded?: (id: number) => void }) {
  const [found, setFound] = useState<{ person: Person; text: string } | null>(null)
  const add = async () => {
    if (!found) return false
    const { id } = await call('identities.add', { card: found.text })
    // The dialog that asked for a person shows them; a message would lie over its foot.
    if (onAdded) onAdded(id)
    else showToast({ text: t('privacy:people.added', { name: found.person.card.name }) })
    return undefined
  }
  return (
    <ActDialog
      title={t('privacy:people.addTitle')}
      description={t('privacy:people.addText')}
      act={t('privacy:people.addDo')}
      acting={t('privacy:people.adding')}
      ready={found !== null}
      work={add}
      onClose={onClose}
    >
      <CardField
        label={t('privacy:people.card')}
        hint={t('privacy:people.cardHint')}
        onPerson={(person, text) => setFound(person ? { person, text } : null)}
      />
    </ActDialog>
  )
}

/** A support person makes their identity: a key file for themselves, a card for others. */
export function MyIdentity({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [organisation, setOrganisation] = useState('')
  const [[one, two], setBoth] = useState<readonly [string, string]>(['', ''])
  const [made, setMade] = useState<Person | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const ready = name.trim() !== '' && organisation.trim() !== '' && isPassphrasePair(one, two)
  const make = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      setMade((await call('app.makeSupportIdentity', { name, organisation, passphrase: one })).person)
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
    setBusy(false)
  }
  const saveCard = async () => {
    if (!made) return
    try {
      if ((await call('app.saveSupportCard', { card: made.card })).saved)
        showToast({ text: t('privacy:mine.cardSaved') })
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
  }
  if (made) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t('privacy:mine.madeTitle')}
        description={t('privacy:mine.madeText')}
        foot={
          <>
            <Button size="lg" onClick={onClose}>
              {t('privacy:mine.done')}
            </Button>
            <Button size="lg" kind="primary" onClick={() => void saveCard()}>
              {t('privacy:mine.saveCard')}
            </Button>
          </>
        }
      >
        <PersonBox person={made} />
        {failure && (
          <Banner kind="bad" urgent>
            {failure}
          </Banner>
        )}
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('privacy:mine.makeTitle')}
      description={t('privacy:mine.makeText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="identity" disabled={!ready} busy={busy}>
            {t(busy ? 'privacy:mine.making' : 'privacy:mine.makeDo')}
          </Button>
        </>
      }
    >
      <form id="identity" className="y g3" onSubmit={(event) => void make(event)}>
        <Field label={t('privacy:mine.name')}>
          {(ids) => (
            <Input
              {...ids}
              value={name}
              maxLength={120}
              dir="auto"
              autoFocus
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('privacy:mine.organisation')}>
          {(ids) => (
            <Input
              {...ids}
              value={organisation}
              maxLength={120}
              dir="auto"
              onChange={(event) => setOrganisation(event.target.value)}
            />
          )}
        </Field>
        <NewPassphrase one={one} two={two} onChange={(a, b) => setBoth([a, b])} />
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}

/** The chosen key file, and the button that chooses it. */
export function KeyFileField({ onPerson }: { onPerson: (person: Person) => void }) {
  const [person, setPerson] = useState<Person | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const choose = async () => {
    try {
      const found = (await call('app.openSupportKey', {})).person
      if (!found) return
      setPerson(found)
      setFailure(null)
      onPerson(found)
    } catch (thrown) {
      setFailure(errorText(asCallError(thrown)))
    }
  }
  return (
    <div className="y g2">
      {person && <PersonBox person={person} />}
      <div>
        <Button icon={FileKey} onClick={() => void choose()}>
          {t(person ? 'privacy:signIn.change' : 'privacy:signIn.choose')}
        </Button>
      </div>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </div>
  )
}

/** Signs the challenge of another computer with a key file that is here. */
export function SignChallenge({ onClose }: { onClose: () => void }) {
  const [person, setPerson] = useState<Person | null>(null)
  const [challenge, setChallenge] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [answer, setAnswer] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const ready = person !== null && challenge.trim() !== '' && passphrase !== ''
  const sign = async (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    setBusy(true)
    setFailure(null)
    try {
      setAnswer((await call('app.signChallenge', { challenge, passphrase })).answer)
    } catch (thrown) {
      const error = asCallError(thrown)
      setFailure(error.code === 'invalid-input' ? t('privacy:mine.notChallenge') : errorText(error))
    }
    setBusy(false)
  }
  const copy = () => void copyText(answer ?? '', t('privacy:mine.copied'))
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('privacy:mine.signTitle')}
      description={t('privacy:mine.signText')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t(answer === null ? 'cancel' : 'privacy:mine.done')}
          </Button>
          {answer === null ? (
            <Button size="lg" kind="primary" submit form="sign" disabled={!ready} busy={busy}>
              {t(busy ? 'privacy:mine.signing' : 'privacy:mine.signDo')}
            </Button>
          ) : (
            <Button size="lg" kind="primary" onClick={copy}>
              {t('privacy:mine.copy')}
            </Button>
          )}
        </>
      }
    >
      <form id="sign" className="y g3" onSubmit={(event) => void sign(event)}>
        <KeyFileField onPerson={setPerson} />
        <Field label={t('privacy:mine.challenge')}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={3}
              value={challenge}
              spellCheck={false}
              className="mono"
              dir="ltr"
              onChange={(event) => setChallenge(event.target.value)}
            />
          )}
        </Field>
        <PasswordField label={t('privacy:signIn.passphrase')} value={passphrase} onChange={setPassphrase} />
      </form>
      {answer !== null && (
        <Field label={t('privacy:mine.answer')}>
          {(ids) => <TextArea {...ids} rows={2} readOnly value={answer} className="mono" dir="ltr" />}
        </Field>
      )}
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
