import type { Address, DraftContent } from '../../src-preload/contract'
import { isMailAddress } from '../../src-preload/contract/address'
import { isBlank } from '../writing/rich-text'

/** What stops a message, or what is asked about before it goes. */
export type SendProblem = 'no-recipient' | 'bad-recipient' | 'uploading'
export type SendDoubt = 'empty' | 'no-subject' | 'no-file' | 'big'

/** Attachments in total above which many servers refuse a message, in bytes. */
export const bigTotal = 25_000_000

const promisesFile =
  /\b(?:attach(?:ed|ment|ments|ing)?|enclosed|angehängt|im anhang|anbei|beigefügt|ci-joint(?:e|s|es)?|pi[eè]ces? jointes?|en pi[eè]ce jointe|adjunt[oa]s?|in allegato|allegat[oiae]|em anexo|anexad[oa]s?|in de bijlage|bijgevoegd|bifoga[dt]|vedhæftet|vedlagt|liitteenä|w załączniku|załączam)\b/iu

/** The person's own words: not a signature set by hand, not lines quoted by hand. */
function ownWords(text: string): string {
  return (text.split(/^-- ?$/m)[0] ?? '')
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
}

export function findProblem(content: Pick<DraftContent, 'to' | 'cc' | 'bcc'>, uploading: boolean): SendProblem | null {
  const everybody: Address[] = [...content.to, ...content.cc, ...content.bcc]
  if (everybody.length === 0) return 'no-recipient'
  if (everybody.some(({ address }) => !isMailAddress(address))) return 'bad-recipient'
  return uploading ? 'uploading' : null
}

export function findDoubts(
  content: Pick<DraftContent, 'subject' | 'text'>,
  files: readonly { size: number }[],
  options: { isForward: boolean; asksSubject: boolean },
): SendDoubt[] {
  const doubts: SendDoubt[] = []
  const blank = isBlank(content.text)
  if (blank && !options.isForward && files.length === 0) doubts.push('empty')
  if (options.asksSubject && content.subject.trim() === '') doubts.push('no-subject')
  if (!blank && files.length === 0 && promisesFile.test(ownWords(content.text))) doubts.push('no-file')
  if (files.reduce((sum, file) => sum + file.size, 0) > bigTotal) doubts.push('big')
  return doubts
}
