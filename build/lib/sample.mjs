/** The sample mailboxes of resources/sample: moved to the present and written into Maildirs. */
import fs from 'node:fs'
import path from 'node:path'
import { seedMaildir } from '../../test/servers/maildir.mjs'
import { root } from './machine.mjs'

export const sampleDir = path.join(root, 'resources', 'sample')

/**
 * @typedef {{ file: string, folder: string, date: string, flags: string[] }} SampleMessage
 * @typedef {{ name: string, address: string, folder: string, messages: SampleMessage[] }} SampleMailbox
 * @typedef {{ anchor: string, team: { name: string }, mailboxes: SampleMailbox[] }} Sample anchor: the moment at which
 *   the sample's dates are "now"
 */

/** @returns {Sample} */
export function readSample(dir = sampleDir) {
  return JSON.parse(fs.readFileSync(path.join(dir, 'manifest.json'), 'utf8'))
}

/**
 * Writes one mailbox of the sample into a Maildir, with all dates moved by the same span.
 * @param {Sample} sample
 * @param {SampleMailbox} mailbox
 * @param {string} maildir
 * @returns {number} how many messages
 */
export function seedSample(sample, mailbox, maildir, { dir = sampleDir, now = Date.now() } = {}) {
  const span = now - Date.parse(sample.anchor)
  const messages = mailbox.messages.map((message) => ({
    raw: shiftDate(fs.readFileSync(path.join(dir, mailbox.folder, message.file)), span),
    folder: message.folder,
    date: new Date(Date.parse(message.date) + span),
    flags: message.flags,
  }))
  return seedMaildir(maildir, messages)
}

/**
 * Moves the Date header of a message by a span of time, in its own time zone, and leaves every other byte as it is.
 * @param {Buffer} raw
 * @param {number} span milliseconds
 * @returns {Buffer} the same buffer when there is no date that can be read
 */
export function shiftDate(raw, span) {
  const end = raw.indexOf('\n\n') === -1 ? raw.length : raw.indexOf('\n\n')
  const endCrlf = raw.indexOf('\r\n\r\n')
  // latin1 keeps one character for each byte, so positions in the text are positions in the buffer.
  const head = raw.subarray(0, endCrlf === -1 ? end : Math.min(end, endCrlf)).toString('latin1')
  const match = /^(Date:[ \t]*)([^\r\n]*)/im.exec(head)
  const time = match ? Date.parse(match[2] ?? '') : Number.NaN
  if (!match || Number.isNaN(time)) return raw
  const [, label = '', value = ''] = match
  const at = match.index + label.length
  const moved = Buffer.from(formatDate(new Date(time + span), value), 'latin1')
  return Buffer.concat([raw.subarray(0, at), moved, raw.subarray(at + value.length)])
}

/** RFC 5322, in the zone of the old value: "Sun, 22 Nov 2026 11:45:00 +0100 (CET)". */
function formatDate(date, old) {
  const zone = /([+-]\d{4}|\b[A-Z]{2,4})?(\s*\([^)]*\))?\s*$/.exec(old)
  const offset = zone?.[1] ?? '+0000'
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(offset) ?? []
  const known = /^[+-]/.test(offset)
  const east = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  const [weekday, day, month, year, time] = new Date(date.getTime() + (known ? east : 0)).toUTCString().split(' ')
  return `${weekday} ${day} ${month} ${year} ${time} ${known ? offset : '+0000'}${zone?.[2] ?? ''}`
}
