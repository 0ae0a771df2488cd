import type { Settings } from '../../src-preload/contract'
import { t } from '../text'
import { Input } from '../ui/field'
import { SignatureEditor } from '../writing/signature-editor'
import { tryToKeep, useKept, useKeptValue } from '../state/keep'
import { ValuesPage } from './page'
import { Group, Row } from './row'

/** Who the person is to customers. */
export function Profile() {
  return <ValuesPage title={t('settings:pages.profile')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

function Fields({ settings }: { settings: Settings }) {
  const name = useKept(settings.agentName, (agentName) => tryToKeep({ agentName }))
  const signature = useKeptValue(settings.signature, (value) => tryToKeep({ signature: value }))
  return (
    <>
      <Group>
        <Row title={t('settings:general.yourName')} text={t('settings:general.yourNameHint')}>
          {({ labelledBy, describedBy }) => (
            <Input
              {...name}
              aria-labelledby={labelledBy}
              aria-describedby={describedBy}
              maxLength={80}
              dir="auto"
              autoComplete="off"
            />
          )}
        </Row>
        <div className="set signature-set" onBlur={signature.leave}>
          <div className="grow">
            <div className="medium">{t('settings:general.signature')}</div>
            <p>{t('settings:general.signatureHint')}</p>
          </div>
          <SignatureEditor name={t('settings:general.signature')} value={signature.value} onChange={signature.change} />
        </div>
      </Group>
    </>
  )
}
