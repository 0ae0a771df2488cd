import type { Transfer } from '../../src-preload/contract'
import { errorText, t } from '../text'
import { numberText } from '../text/numbers'

/** What an import or export that is over came to. */
export function resultText(transfer: Transfer): string {
  const { kind, state, error, messages, total, duplicates, unreadable, left, waiting, files } = transfer
  if (kind === 'export' && error === 'service-stopped')
    return t(files ? 'transfers:brokenOff' : 'transfers:brokenOffNone')
  const counted = (key: 'result' | 'duplicates' | 'unreadable' | 'left' | 'notHere' | 'waiting', n: number): string[] =>
    n === 0 && key !== 'result' ? [] : [t(`transfers:${key}`, { count: n })]
  if (kind === 'export' && !files && error === null && left > 0)
    return [t('transfers:nothing'), ...counted('notHere', left)].join(' ')
  if (kind === 'export' && state !== 'done') {
    const kept =
      messages === 0 ? t('transfers:keptNone') : t('transfers:kept', { count: messages, total: numberText(total) })
    return `${reason(error)}${[kept, ...counted('notHere', left)].join(' ')}`
  }
  return `${reason(error)}${[
    ...counted('result', messages),
    ...counted('duplicates', duplicates),
    ...counted('unreadable', unreadable),
    ...counted(kind === 'import' ? 'left' : 'notHere', left),
    ...counted('waiting', waiting),
  ].join(', ')}`
}

/** Whether an export that is over left files to show. */
export function hasFiles({ kind, state, error, messages, files }: Transfer): boolean {
  return kind === 'export' && files && (state === 'done' || messages > 0 || error === 'service-stopped')
}

/** Whether an import that is over has mail to show. */
export function hasMail({ kind, state, messages }: Transfer): boolean {
  return kind === 'import' && (state === 'done' || messages > 0)
}

function reason(error: string | null): string {
  if (error === null) return ''
  return `${error === 'not-found' ? t('transfers:noMail') : errorText({ code: error, detail: {} })} `
}
