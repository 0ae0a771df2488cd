import { mail } from './harness'

const hour = 3_600_000
const ago = (hours: number): Date => new Date(Date.now() - hours * hour)
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FAAhKDveksOjmAAAAAElFTkSuQmCC'

/** The mail that lies on the server before the main job begins; `pixel`: address of a picture elsewhere. */
export function mainJobMails(pixel: string) {
  const seen = ['\\Seen']
  const wheel = { id: 'wheel-1@harbourcycle.example', reply: 'wheel-2@northwindbikes.example' }
  const pump = 'pump-1@harbourcycle.example'
  const ours = { from: 'Ana Ferreira <help@northwindbikes.example>', to: 'Priya Raman <priya@harbourcycle.example>' }
  const help = [
    {
      raw: mail({
        subject: 'Wheel wobbles',
        id: wheel.id,
        date: ago(72),
        text: 'The front wheel wobbles since Tuesday.',
      }),
      date: ago(72),
      flags: seen,
    },
    {
      raw: mail({
        ...ours,
        subject: 'Re: Wheel wobbles',
        id: wheel.reply,
        inReplyTo: wheel.id,
        references: `<${wheel.id}>`,
        date: ago(50),
        text: 'Please send the frame number.',
      }),
      folder: 'Sent',
      date: ago(50),
      flags: seen,
    },
    {
      raw: mail({
        subject: 'Re: Wheel wobbles',
        id: 'wheel-3@harbourcycle.example',
        inReplyTo: wheel.reply,
        references: `<${wheel.id}> <${wheel.reply}>`,
        date: ago(2),
        text: 'It is NW-4471.',
      }),
      date: ago(2),
    },
    {
      raw: mail({
        subject: 'Wheel wobbles',
        id: 'other-wheel@customer.example',
        from: 'Tom Okafor <tom@customer.example>',
        date: ago(80),
        text: 'Same subject, another person.',
      }),
      date: ago(80),
      flags: seen,
    },
    {
      raw: mail({ subject: 'Pump arrived late', id: pump, date: ago(60), text: 'The pump came a week late.' }),
      date: ago(60),
      flags: seen,
    },
    {
      raw: mail({
        ...ours,
        subject: 'Re: Pump arrived late',
        id: 'pump-2@northwindbikes.example',
        inReplyTo: pump,
        references: `<${pump}>`,
        date: ago(40),
        text: 'We are sorry.',
      }),
      folder: 'Sent',
      date: ago(40),
      flags: seen,
    },
    {
      raw: mail({ subject: 'Old order', date: ago(900), text: 'Please cancel the velocipede order from spring.' }),
      folder: 'Archive',
      date: ago(900),
      flags: seen,
    },
    { raw: mail({ subject: 'You have won', date: ago(30), text: 'Click here.' }), folder: 'Junk', date: ago(30) },
    {
      raw: mail({
        subject: 'Photos of the damage',
        id: 'files@harbourcycle.example',
        date: ago(5),
        text: 'See the files.',
        files: [
          { name: 'dent.png', type: 'image/png', content: Buffer.from(png, 'base64') },
          { name: 'setup.exe', type: 'application/octet-stream', content: Buffer.from('MZ\x90\0 program') },
        ],
      }),
      date: ago(5),
      flags: seen,
    },
    {
      raw: mail({
        subject: 'Autumn pictures',
        id: 'pictures@harbourcycle.example',
        date: ago(6),
        html: `<p>Look at <b>this</b> in colour:</p><table><tr><td>one</td></tr></table><img src="${pixel}" width="20" height="20">`,
      }),
      date: ago(6),
      flags: seen,
    },
    ...[
      'Read on the phone',
      'Unread here',
      'Deleted on the phone',
      'Moved on the phone',
      'Thrown away here',
      'Taken back',
      'Half a draft',
      'Answer me',
    ].map((subject, n) => ({
      raw: mail({ subject, id: `act-${n}@harbourcycle.example`, date: ago(7 + n) }),
      date: ago(7 + n),
      flags: n < 2 ? [] : seen,
    })),
  ]
  const warranty = [
    {
      raw: mail({
        to: 'warranty@northwindbikes.example',
        subject: 'Frame crack',
        id: 'frame@harbourcycle.example',
        date: ago(3),
        text: 'A crack at the weld.',
      }),
      date: ago(3),
    },
    {
      raw: mail({
        to: 'warranty@northwindbikes.example',
        subject: 'Parts for the Kite',
        date: ago(100),
        text: 'Price list.',
      }),
      folder: 'Suppliers/Kite',
      date: ago(100),
      flags: seen,
    },
  ]
  return { help, warranty }
}
