/** Performance and troubleshooting, and writing to the support team. */
export const reports = {
  sharing: {
    title: 'Sharing',
    text: 'What goes to people who are not customers and not in your team. Everything here is off until somebody switches it on.',
    success: 'Customer success access', successOff: 'Off. A customer success manager may be granted access by name and for a time; then they read, and may write notes, tags and assignments.',
    successOn_one: '{{count}} grant: {{names}}. They read, and the manager by name may write notes, tags and assignments.', successOn_other: '{{count}} grants: {{names}}. They read, and the manager by name may write notes, tags and assignments.',
    successManaged: 'Switched off by your organisation.', successGo: 'Support access',
    performance: 'Performance and troubleshooting',
    performanceOff: 'Off. Nothing is measured. A report would hold versions and sync state only.',
    performanceOn: 'On. How long calls take is measured on this computer, and a report also holds faults and crashes. Nothing is sent by itself: you read the report, change it, and save or mail it.',
    adminOnly: 'Admins only', make: 'See a report…',
    contact: 'Contact support', contactText: 'Writes a mail to your support team as a draft, with diagnostics that you have read and, if you want, a grant.', contactGo: 'Contact support',
  },
  report: {
    title: 'Report', text: 'This is all of it. Change or take out what you like: what you save or mail is the text as you leave it. Nothing leaves this computer by itself.',
    label: 'Text of the report', save: 'Save…', saved: 'The report was saved', mail: 'Write a mail', making: 'Making the report',
  },
  contact: {
    title: 'Contact support',
    text: 'Postern drafts the mail; you read it once more and send it yourself.',
    to: 'Support address', toHint: 'The address of your support team. It is kept for the next time.', toManaged: 'Set by your organisation.',
    subject: 'Subject', what: 'What happened', whatHint: 'What you did, what you expected, what came instead. No passwords, no customer data.',
    mailbox: 'Send from',
    diagnostics: 'Add diagnostics', diagnosticsHint: 'Versions, sync state and codes as a text file. You read it here first and can change it.',
    access: 'Let somebody look', accessHint: 'Grants a named support person access for a time. The mail says to whom and until when.',
    accessNo: 'Needs the permission “Enable access for support teams”.', accessOff: 'Switched off by your organisation.',
    grant: 'Grant access…', granted: '{{name}} has access until {{when}}.', grantLine: 'I have granted {{name}} ({{fingerprint}}) access: {{scope}} until {{when}}.',
    do: 'Draft the mail', doing: 'Drafting', noMailbox: 'Add a mailbox first: the mail goes out through it.', addMailbox: 'Add mailbox',
    fileName: 'postern-diagnostics.txt',
    command: 'Contact support',
  },
} as const
