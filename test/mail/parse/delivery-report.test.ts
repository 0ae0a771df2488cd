import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { corporaHome, hasCorpus } from '../../fixtures/corpora'

const report = async (raw: string) => (await parseMessage(Buffer.from(raw.replaceAll('\n', '\r\n')))).report

const standard = `From: Mail Delivery System <MAILER-DAEMON@mx.test>
To: support@acme.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <dsn@mx.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; anna@real.test
Original-Recipient: rfc822;anna@customer.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <anna@real.test>: no such
 person here

Final-Recipient: rfc822; bo@customer.test
Action: delayed
Status: 4.4.1

--b
Content-Type: message/rfc822

From: Support <support@acme.test>
Message-ID: <reply-1@acme.test>
X-Postern-Id: p-17
Subject: Re: Bell

Hello
--b--
`

describe('delivery reports', () => {
  test("each recipient has its own fate and the server's own line; the message is known by both ids", async () => {
    expect(await report(standard)).toEqual({
      messageIds: ['reply-1@acme.test'],
      posternId: 'p-17',
      recipients: [
        { address: 'anna@customer.test', action: 'failed', line: '550 5.1.1 <anna@real.test>: no such person here' },
        { address: 'bo@customer.test', action: 'delayed', line: '4.4.1' },
      ],
    })
    // It joins the conversation of the message that it is about.
    expect((await parseMessage(Buffer.from(standard.replaceAll('\n', '\r\n')))).inReplyTo).toEqual([
      'reply-1@acme.test',
    ])
  })

  test('forms without fields are understood: X-Failed-Recipients, and the words of qmail', async () => {
    expect(
      await report(
        `From: Mail Delivery Subsystem <mailer-daemon@gmail.test>\nX-Failed-Recipients: gone@customer.test\nSubject: Delivery Status Notification (Failure)\nMessage-ID: <x@gmail.test>\n\nDelivery to the following recipient failed permanently:\n\n     gone@customer.test\n\nThe error that the other server returned was: 550 550 5.1.1 unknown user\n\n----- Original message -----\n\nMessage-ID: <reply-2@acme.test>\n\nHi\n`,
      ),
    ).toMatchObject({
      messageIds: ['reply-2@acme.test'],
      recipients: [
        {
          address: 'gone@customer.test',
          action: 'failed',
          line: expect.stringContaining('550 550 5.1.1 unknown user'),
        },
      ],
    })
    expect(
      await report(
        `Return-Path: <>\nFrom: MAILER-DAEMON@qmail.test\nSubject: failure notice\nMessage-ID: <y@qmail.test>\n\nHi. This is the qmail-send program.\n\n<gone@customer.test>:\nSorry, no mailbox here by that name. 550 5.1.1 user unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <reply-3@acme.test>\nSubject: Re\n\n<else@customer.test>: 550 quoted\n`,
      ),
    ).toMatchObject({
      messageIds: ['reply-3@acme.test'],
      recipients: [{ address: 'gone@customer.test', action: 'failed' }],
    })
  })

  test("a person's mail that quotes a report is no report", async () => {
    expect(
      await report(
        standard
          .replace('MAILER-DAEMON@mx.test', 'anna@customer.test')
          .replace(/^Content-Type: multipart\/report.*$/m, 'Content-Type: text/plain')
          .replace('Auto-Submitted: auto-replied\n', ''),
      ),
    ).toBeNull()
  })

  test('a hostile report neither hangs nor names more than a hundred', async () => {
    const many = Array.from({ length: 5000 }, (_, n) => `Final-Recipient: rfc822; c${n}@x.test\nAction: failed\n`).join(
      '\n',
    )
    expect(
      (
        await report(
          standard.replace(
            'Final-Recipient: rfc822; bo@customer.test',
            `${many}\nFinal-Recipient: rfc822; bo@customer.test`,
          ),
        )
      )?.recipients,
    ).toHaveLength(100)
    await report(standard.replace('I could not deliver', `${'<a@b'.repeat(50_000)} ${' '.repeat(50_000)}550 `))
  })

  test.skipIf(!hasCorpus('flanker'))('reports that others collected name their recipient', async () => {
    const told: Record<string, string[]> = {}
    for (const name of [
      'flanker/messages/bounce/mailbox-full.eml',
      'flanker/messages/bounce/zed.eml',
      'flanker/messages/bounce/office365.eml',
      'flanker/messages/bounce/no-mx.eml',
      'flanker/messages/bounce/delayed.eml',
      'flanker/messages/bounce/gmail-invalid-address.eml',
      'flanker/messages/bounce/gmail-no-dns.eml',
      'postal-mime/bounce.eml',
      'nodemailer-mailparser/delivery-status.eml',
      'webklex-php-imap/example_bounce.eml',
      'mikel-mail/emails/multipart_report_emails/multi_address_bounce1.eml',
    ]) {
      const { report: found } = await parseMessage(readFileSync(path.join(corporaHome, name)))
      told[name.split('/').at(-1) ?? ''] = found?.recipients.map(({ action }) => action) ?? []
    }
    expect(told).toMatchObject({
      'mailbox-full.eml': ['failed'],
      'zed.eml': ['failed'],
      'office365.eml': ['failed'],
      'no-mx.eml': ['delayed'],
      'delayed.eml': expect.arrayContaining(['failed']),
      'gmail-invalid-address.eml': ['failed'],
      'gmail-no-dns.eml': ['failed'],
    })
    expect(Object.values(told).filter((actions) => actions.length === 0)).toEqual([])
  })
})
