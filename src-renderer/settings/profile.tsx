import type { Settings } from '../../src-preload/contract'
import { t } from '../text'
import { Input, TextArea } from '../ui/field'
import { keep, useKept } from './keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'

/** Who the person is to customers. */
export function Profile() {
  return <ValuesPage title={t('settings:pages.profile')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  const name = useKept(settings.agentName, (agentName) => keep({ agentName }))
  const signature = useKept(settings.signature, (value) => keep({ signature: value }))
  return (
    <>
      <Group>
        <Row title={t('settings:general.yourName')} text={t('settings:general.yourNameHint')}>
          {({ labelledBy, describedBy }) => <Input {...name} aria-labelledby={labelledBy} aria-describedby={describedBy} maxLength={80} dir="auto" autoComplete="off" />}
        </Row>
        <Row title={t('settings:general.signature')} text={t('settings:general.signatureHint')}>
          {({ labelledBy, describedBy }) => <TextArea {...signature} aria-labelledby={labelledBy} aria-describedby={describedBy} rows={3} maxLength={10_000} dir="auto" />}
        </Row>
      </Group>
    </>
  )
}
