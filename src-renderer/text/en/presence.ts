export const presence = {
  viewing: '{{name}} is reading this',
  replying: '{{name}} is replying',
  drafting: '{{name}} has begun an answer',
  strip: {
    label: 'Who else is here',
    viewing_one: '{{names}} is reading this too.',
    viewing_other: '{{names}} are reading this too.',
    replying_one: '{{names}} is replying.',
    replying_other: '{{names}} are replying.',
    drafting_one: '{{names}} has begun an answer and not sent it.',
    drafting_other: '{{names}} have begun answers and not sent them.',
    held: 'Your reply will be held if they send first.',
  },
  composer_one: '{{names}} is writing a reply too. If it leaves first, yours is held and you are asked.',
  composer_other: '{{names}} are writing replies too. If one leaves first, yours is held and you are asked.',
} as const
