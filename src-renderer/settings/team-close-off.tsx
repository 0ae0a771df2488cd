import { useState } from 'react'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { showToast } from '../state/toast'
import { errorText, t } from '../text'
import { ActDialog } from '../ui/act-dialog'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Field, Input } from '../ui/field'
import { triedText, type Former } from './team-trouble'
import type { Tried } from '../../src-preload/contract/team'

/**
 * Closes the team's mailbox to somebody who was taken out. The password that they know is tried on the server; where they sign in
 * by themselves nothing can be tried, and the owner's word is taken and named as such.
 */
export function CloseOffDialog({ former: { whose, name }, onClose }: { former: Former; onClose: () => void }) {
  const { data: facts, error } = useQuery('app.former', { whose })
  const [password, setPassword] = useState('')
  const [tried, setTried] = useState<Tried | null>(null)
  const attempt = async () => {
    const outcome = (await call('app.tryFormer', { whose, password: password === '' ? null : password })).tried
    setTried(outcome)
    if (outcome.came !== 'refused') return false
    showToast({ text: t('team:closeOff.done', { name }) })
    return undefined
  }
  const believe = async () => {
    await call('team.accessRevoked', { whose })
    showToast({ text: t('team:closeOff.believed', { name }) })
  }
  const byPassword = facts?.password ?? true
  return (
    <ActDialog
      title={t('team:closeOff.title', { name })}
      description={
        facts && t(byPassword ? 'team:closeOff.text' : 'team:closeOff.wordText', { name, address: facts.address })
      }
      act={t(byPassword ? 'team:closeOff.do' : 'team:closeOff.wordDo')}
      acting={t('team:closeOff.doing')}
      ready={facts !== undefined}
      work={byPassword ? attempt : believe}
      onClose={onClose}
      status={
        // A computer that came after the lost one may have got the new password already.
        facts?.certain === false &&
        tried?.came === 'opens' && (
          <Button size="lg" kind="ghost" onClick={() => void believe().then(onClose, tellFailure)}>
            {t('team:closeOff.before')}
          </Button>
        )
      }
    >
      {facts && byPassword && (
        <Field
          label={t('team:closeOff.password')}
          hint={t(facts.replaced ? 'team:closeOff.hintReplaced' : 'team:closeOff.hint')}
        >
          {(ids) => (
            <Input
              {...ids}
              autoFocus
              type="password"
              dir="ltr"
              autoComplete="off"
              maxLength={1000}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      )}
      {error && <Banner kind="bad">{errorText(error)}</Banner>}
      {tried && tried.came !== 'refused' && (
        <Banner kind="bad" urgent>
          {triedText(name, tried)}
        </Banner>
      )}
    </ActDialog>
  )
}
