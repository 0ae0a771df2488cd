import { useState } from 'react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { asCallError, call } from '../client'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { fullTime } from '../text/time'
import { ActDialog } from '../ui/act-dialog'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Checkbox, Field, Input, Select } from '../ui/field'
import { CarrierFields, isCarrier, toCarrier, type CarrierForm } from './team-carrier'
import { Qr } from './qr'
import { PermissionFields } from './team-permissions'
import { Code } from './team-start'
import { Words } from './team-words'

const roles = ['agent', 'light', 'admin'] as const

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
  const [permissions, setPermissions] = useState<readonly string[]>([])
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
    setMade(await call('team.invite', { name, role, permissions: [...permissions], member: member?.id ?? null }))
    return false as const
  }
  if (member)
    return (
      <ActDialog
        title={t('team:inviteDialog.another', { name })}
        description={t('team:inviteDialog.anotherText', { name })}
        act={t('team:inviteDialog.do')}
        work={work}
        onClose={onClose}
      />
    )
  return (
    <ActDialog
      title={t('team:inviteDialog.title')}
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
      <PermissionFields role={role} chosen={permissions} onChange={setPermissions} />
    </ActDialog>
  )
}

export function ApproveDialog({ invite, onClose }: { invite: TeamState['invites'][number]; onClose: () => void }) {
  const name = invite.asks?.name || invite.name
  const work = async () => {
    await call('team.approve', { id: invite.id })
    showToast({ text: t('team:approve.done', { name }) })
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
    <ActDialog
      title={t('team:approve.title', { name })}
      description={t('team:approve.text', { name })}
      act={t('team:approve.do')}
      work={work}
      onClose={onClose}
      cancel={
        <Button size="lg" kind="danger" onClick={refuse}>
          {t('team:approve.no')}
        </Button>
      }
    >
      <Words numbers={invite.asks?.words ?? []} />
    </ActDialog>
  )
}

/** @param onDone asks for what must follow: that the mailbox is closed to them too */
export function RemoveDialog({
  member,
  onDone,
  onClose,
}: {
  member: TeamState['members'][number]
  onDone: () => void
  onClose: () => void
}) {
  const { name } = member
  const [erase, setErase] = useState(true)
  const work = async () => {
    await call('team.remove', { member: member.id, erase })
    showToast({ text: t('team:removeDialog.done', { name }) })
    onDone()
    return false as const
  }
  return (
    <ActDialog
      title={t('team:removeDialog.title', { name })}
      description={t('team:removeDialog.text', { name })}
      act={t('team:removeDialog.do', { name })}
      danger
      work={work}
      onClose={onClose}
    >
      <Checkbox
        label={t('team:removeDialog.erase')}
        hint={t('team:removeDialog.eraseHint')}
        checked={erase}
        onChange={(event) => setErase(event.target.checked)}
      />
      <Banner kind="warn">{t('team:removeDialog.warn', { name })}</Banner>
    </ActDialog>
  )
}

/** @param onDone as in `RemoveDialog` */
export function RetireDialog({
  device,
  onDone,
  onClose,
}: {
  device: TeamState['devices'][number]
  onDone: () => void
  onClose: () => void
}) {
  const work = async () => {
    await call('team.retireDevice', { device: device.id })
    showToast({ text: t('team:devices.retired') })
    onDone()
    return false as const
  }
  return (
    <ActDialog
      title={t('team:devices.retireTitle')}
      description={t('team:devices.retireText')}
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
  }
  return (
    <ActDialog title={t('team:devices.renameTitle')} act={t('team:devices.renameDo')} work={work} onClose={onClose}>
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
    </ActDialog>
  )
}

export function CarrierDialog({ carrier, onClose }: { carrier: TeamState['carrier']; onClose: () => void }) {
  const [form, setForm] = useState<CarrierForm>({ ...carrier, token: '' })
  const work = async () => {
    await call('team.setCarrier', { carrier: toCarrier(form) })
    showToast({ text: t('team:devices.carrierSaved') })
  }
  return (
    <ActDialog
      title={t('team:devices.carrierTitle')}
      description={t('team:devices.carrierText')}
      act={t('team:devices.carrierDo')}
      ready={isCarrier(form)}
      work={work}
      onClose={onClose}
    >
      <CarrierFields form={form} onChange={setForm} />
    </ActDialog>
  )
}

export function RecoverDialog({ onClose }: { onClose: () => void }) {
  const [code, setCode] = useState('')
  const work = async () => {
    await call('team.recover', { code })
    showToast({ text: t('team:devices.recovered') })
  }
  return (
    <ActDialog
      title={t('team:devices.recoverTitle')}
      description={t('team:devices.recoverText')}
      act={t('team:devices.recoverDo')}
      ready={code.trim() !== ''}
      work={work}
      onClose={onClose}
      words={(error) => (error.code === 'wrong-passphrase' ? t('team:devices.recoverWrong') : undefined)}
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
    </ActDialog>
  )
}
