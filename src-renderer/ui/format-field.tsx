import type { MailFormat } from '../../src-preload/contract'
import { t } from '../text'
import { Field, Select } from './field'

const formats: readonly MailFormat[] = ['mbox', 'maildir', 'eml']

/** In which form mail is written to files. */
export function FormatField({ value, onChange }: { value: MailFormat; onChange: (value: MailFormat) => void }) {
  return (
    <Field label={t('transfers:format')}>
      {(ids) => (
        <Select
          {...ids}
          value={value}
          onChange={(event) => onChange(formats.find((format) => format === event.target.value) ?? 'mbox')}
          options={formats.map((format) => ({ value: format, label: t(`transfers:formats.${format}`) }))}
        />
      )}
    </Field>
  )
}
