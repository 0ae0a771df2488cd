import { useState } from 'react'
import type { TeamState } from '../../src-preload/contract/calls/team'
import { permissionsOf } from '../../src-preload/contract/roles'
import { call } from '../client'
import { showToast } from '../state/toast'
import { t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Checkbox } from '../ui/field'

type Member = TeamState['members'][number]

/** What can be given to one person beyond their role. */
export const singlePermissions = ['support-access', 'manage-mailboxes', 'manage-team', 'diagnostics'] as const

/** Single permissions to tick. Those of a newer Postern are kept as they are. */
export function PermissionFields({
  role,
  chosen,
  onChange,
}: {
  role: Member['role']
  chosen: readonly string[]
  onChange: (permissions: string[]) => void
}) {
  const ofRole = permissionsOf(role, [])
  return (
    <fieldset className="field">
      <legend>{t('team:permissions.legend')}</legend>
      {singlePermissions.every((one) => ofRole.has(one)) && <p className="hint">{t('team:permissions.all')}</p>}
      {singlePermissions.map((one) => (
        <Checkbox
          key={one}
          label={t(`team:permissions.names.${one}`)}
          hint={t(`team:permissions.hints.${one}`)}
          disabled={ofRole.has(one)}
          checked={ofRole.has(one) || chosen.includes(one)}
          onChange={(event) =>
            onChange(event.target.checked ? [...chosen, one] : chosen.filter((other) => other !== one))
          }
        />
      ))}
    </fieldset>
  )
}

/** What one person may do beyond their role. */
export function PermissionsDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { id, name, role } = member
  const [chosen, setChosen] = useState<readonly string[]>(member.permissions)
  const work = async () => {
    if (role === 'owner') return
    await call('team.setRole', { member: id, role, permissions: [...chosen] })
    showToast({ text: t('team:permissions.saved', { name }) })
  }
  return (
    <ActDialog
      title={t('team:permissions.title', { name })}
      description={t('team:permissions.text', { role: t(`team:roles.${role}`) })}
      act={t('team:permissions.save')}
      work={work}
      onClose={onClose}
    >
      <PermissionFields role={role} chosen={chosen} onChange={setChosen} />
    </ActDialog>
  )
}
