import { t } from '../text'
import { Field, TextArea } from '../ui/field'

/** A report, to be read and changed by the person who sends it. */
export function ReportText({ text, rows, onChange }: { text: string; rows: number; onChange: (text: string) => void }) {
  return (
    <Field label={t('reports:report.label')}>
      {(ids) => (
        <TextArea
          {...ids}
          rows={rows}
          className="mono report-text"
          dir="ltr"
          spellCheck={false}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
