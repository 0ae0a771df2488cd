import { useState, type FormEvent, type ReactNode } from 'react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { asCallError, call, type CallError } from '../client'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input, Select } from '../ui/field'
import { CarrierFields, isCarrier, toCarrier, type CarrierForm } from './team-carrier'
import { Qr } from './qr'
import { Code } from './team-start'
import { Words } from './team-words'

const roles = ['agent', 'light', 'admin'] as const

interface Ask {
  title: string
  text: ReactNode
  act: string
  danger?: boolean
  ready?: boolean
  work: () => Promise<string | null>
  say?: (error: CallError) => string
  second?: ReactNode
  onClose: () => void
  children?: ReactNode
}

/** A dialog with one act. `work` gives the words of the toast; null leaves the dialog open. */
function Ask({
  title,
  text,
  act,
  danger = false,
  ready = true,
  work,
  say = errorText,
  second,
  onClose,
  children,
}: Ask) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy || !ready) return
    setBusy(true)
    setFailure(null)
    try {
      const toast = await work()
      if (toast !== null) {
        showToast({ text: toast })
        onClose()
      }
    } catch (thrown) {
      setFailure(say(asCallError(thrown)))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={text}
      foot={
        <>
          {second ?? (
            <Button size="lg" onClick={onClose}>
              {t('cancel')}
            </Button>
          )}
          <Button
            size="lg"
            kind={danger ? 'danger-fill' : 'primary'}
            submit
            form="team-ask"
            busy={busy}
            disabled={!ready}
          >
            {act}
          </Button>
        </>
      }
    >
      <form id="team-ask" className="y g3" onSubmit={(event) => void submit(event)}>
        {children}
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}

/** @param member for another computer of this person */
export function InviteDialog({
  member = null,
  onClose,
}: {
  member?: TeamState['members'][number] | null
  onClose: () => void
}) {
  const [name, setName] = useState(member?.name ?? '')
  const [role, setRole] = useState<(typeof roles)[number]>('agent')
  const [made, setMade] = useState<{ code: string; endsAt: number } | null>(null)
  if (made) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t('team:inviteDialog.codeTitle', { name })}
        description={t('team:inviteDialog.codeText', { name, when: fullTime(made.endsAt) })}
        foot={
          <Button size="lg" kind="primary" onClick={onClose}>
            {t('team:inviteDialog.done')}
          </Button>
        }
      >
        <Code value={made.code} />
        <Qr text={made.code} label={t('team:inviteDialog.qr')} />
        <p className="t2">{t('team:inviteDialog.codeNext', { name })}</p>
      </Dialog>
    )
  }
  const work = async () => {
    setMade(await call('team.invite', { name, role, member: member?.id ?? null }))
    return null
  }
  if (member)
    return (
      <Ask
        title={t('team:inviteDialog.another', { name })}
        text={t('team:inviteDialog.anotherText', { name })}
        act={t('team:inviteDialog.do')}
        work={work}
        onClose={onClose}
      />
    )
  return (
    <Ask
      title={t('team:inviteDialog.title')}
      text={undefined}
      act={t('team:inviteDialog.do')}
      ready={name.trim() !== ''}
      work={work}
      onClose={onClose}
    >
      <Field label={t('team:inviteDialog.name')}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            dir="auto"
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('team:inviteDialog.role')} hint={t(`team:roleHints.${role}`)}>
        {(ids) => (
          <Select
            {...ids}
            value={role}
            options={roles.map((one) => ({ value: one, label: t(`team:roles.${one}`) }))}
            onChange={(event) => setRole(roles.find((one) => one === event.target.value) ?? 'agent')}
          />
        )}
      </Field>
    </Ask>
  )
}

export function ApproveDialog({ invite, onClose }: { invite: TeamState['invites'][number]; onClose: () => void }) {
  const name = invite.asks?.name || invite.name
  const work = async () => {
    await call('team.approve', { id: invite.id })
    return t('team:approve.done', { name })
  }
  const refuse = () =>
    void call('team.withdraw', { id: invite.id }).then(
      () => {
        showToast({ text: t('team:invites.withdrawn') })
        onClose()
      },
      (thrown: unknown) => showToast({ text: errorText(asCallError(thrown)) }),
    )
  return (
    <Ask
      title={t('team:approve.title', { name })}
      text={t('team:approve.text', { name })}
      act={t('team:approve.do')}
      work={work}
      onClose={onClose}
      second={
        <Button size="lg" kind="danger" onClick={refuse}>
          {t('team:approve.no')}
        </Button>
      }
    >
      <Words numbers={invite.asks?.words ?? []} />
    </Ask>
  )
}

export function RemoveDialog({ member, onClose }: { member: TeamState['members'][number]; onClose: () => void }) {
  const { name } = member
  const work = async () => {
    await call('team.remove', { member: member.id })
    return t('team:removeDialog.done', { name })
  }
  return (
    <Ask
      title={t('team:removeDialog.title', { name })}
      text={t('team:removeDialog.text', { name })}
      act={t('team:removeDialog.do', { name })}
      danger
      work={work}
      onClose={onClose}
    >
      <Banner kind="warn">{t('team:removeDialog.warn', { name })}</Banner>
    </Ask>
  )
}

export function RetireDialog({ device, onClose }: { device: TeamState['devices'][number]; onClose: () => void }) {
  const work = async () => {
    await call('team.retireDevice', { device: device.id })
    return t('team:devices.retired')
  }
  return (
    <Ask
      title={t('team:devices.retireTitle')}
      text={t('team:devices.retireText')}
      act={t('team:devices.retireDo')}
      danger
      work={work}
      onClose={onClose}
    />
  )
}

export function RenameDialog({ device, onClose }: { device: TeamState['devices'][number]; onClose: () => void }) {
  const [name, setName] = useState(device.name)
  const work = async () => {
    await call('team.nameDevice', { device: device.id, name })
    onClose()
    return null
  }
  return (
    <Ask
      title={t('team:devices.renameTitle')}
      text={undefined}
      act={t('team:devices.renameDo')}
      work={work}
      onClose={onClose}
    >
      <Field label={t('team:devices.renameTitle')}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            dir="auto"
            autoComplete="off"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </Ask>
  )
}

export function CarrierDialog({ carrier, onClose }: { carrier: TeamState['carrier']; onClose: () => void }) {
  const [form, setForm] = useState<CarrierForm>({ ...carrier, token: '' })
  const work = async () => {
    await call('team.setCarrier', { carrier: toCarrier(form) })
    return t('team:devices.carrierSaved')
  }
  return (
    <Ask
      title={t('team:devices.carrierTitle')}
      text={t('team:devices.carrierText')}
      act={t('team:devices.carrierDo')}
      ready={isCarrier(form)}
      work={work}
      onClose={onClose}
    >
      <CarrierFields form={form} onChange={setForm} />
    </Ask>
  )
}

export function RecoverDialog({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState('')
  const work = async () => {
    await call('team.recover', { code })
    return t('team:devices.recovered')
  }
  return (
    <Ask
      title={t('team:devices.recoverTitle')}
      text={t('team:devices.recoverText')}
      act={t('team:devices.recoverDo')}
      ready={code.trim() !== ''}
      work={work}
      onClose={onClose}
      say={(error) => (error.code === 'wrong-passphrase' ? t('team:devices.recoverWrong') : errorText(error))}
    >
      <Field label={t('team:devices.recoverCode')}>
        {(ids) => (
          <Input
            {...ids}
            autoFocus
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
    </Ask>
  )
}
