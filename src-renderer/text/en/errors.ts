/**
 * One sentence (or two) per error code: what happened, what is safe, what to do. `code_host` is used when the server is known.
 * Facts that may stand in them: host, port, ms, validUntil, issuedTo, tryPort, bytes, limit, path, version.
 */
export const errors = {
  'invalid-input': 'Postern could not use what was entered. Nothing was changed. Check it and try again.',
  'not-found': 'This is not here any more. It may have been moved or deleted on the server.',
  'not-allowed_managed': 'Your organisation does not allow this. Nothing was changed.',
  'not-allowed': 'You do not have the permission for this. Nothing was changed.',
  conflict: 'Something changed here meanwhile. Your text is kept. Look at what is new, then decide.',
  'too-large': 'This is too large. Nothing was sent or changed. Use a smaller file or fewer of them.',
  unreadable: 'This could not be read. The original is kept and you can look at its source.',
  cancelled: 'Cancelled. Nothing was changed.',
  offline: 'This computer is offline. Everything is kept here and goes on by itself when you are back.',
  offline_host: 'This computer cannot reach {{host}}. Everything is kept here and goes on by itself when you are back.',
  'host-not-found': 'The server’s name was not found. Nothing is lost. Check the server name and the network.',
  'host-not-found_host': 'No server named {{host}} was found. Nothing is lost. Check the name and the network.',
  'connection-refused': 'The server refused the connection. Nothing is lost. Check the port, or try again later.',
  'connection-refused_host':
    '{{host}} refused the connection on port {{port}}. Nothing is lost. Check the port, or try again later.',
  'connection-lost': 'The connection broke off. Nothing is lost. Postern tries again by itself.',
  'connection-lost_host': 'The connection to {{host}} broke off. Nothing is lost. Postern tries again by itself.',
  timeout: 'The server did not answer in time. Nothing is lost. Postern tries again by itself.',
  timeout_host: '{{host}} did not answer in time. Nothing is lost. Postern tries again by itself.',
  'not-tls': 'The server does not speak encrypted on this port. No password was sent. Choose another port or STARTTLS.',
  'not-tls_host':
    '{{host}} does not speak encrypted on port {{port}}. No password was sent. Choose another port or STARTTLS.',
  'certificate-expired':
    'The server’s certificate has expired. No password was sent. The server’s administrator must renew it.',
  'certificate-expired_host':
    'The certificate of {{host}} has expired. No password was sent. The server’s administrator must renew it.',
  'certificate-revoked':
    'The server’s certificate was revoked by its issuer: its key may be in other hands. No password was sent. The server’s administrator must get a new one.',
  'certificate-revoked_host':
    'The certificate of {{host}} was revoked by its issuer: its key may be in other hands. No password was sent. The server’s administrator must get a new one.',
  'certificate-not-trusted':
    'The server’s certificate comes from an issuer that this computer does not trust. No password was sent. Ask the server’s administrator.',
  'certificate-not-trusted_host':
    'The certificate of {{host}} comes from an issuer that this computer does not trust. No password was sent. Ask the server’s administrator.',
  'certificate-wrong-host':
    'The server’s certificate is for another name. No password was sent. Check the server name.',
  'certificate-wrong-host_host':
    'The certificate that {{host}} shows is for another name. No password was sent. Check the server name.',
  'plaintext-refused':
    'The server offers no encryption, so Postern did not sign in. No password was sent. Choose TLS or STARTTLS.',
  'plaintext-refused_host':
    '{{host}} offers no encryption, so Postern did not sign in. No password was sent. Choose TLS or STARTTLS.',
  'auth-refused': 'The server refused the user name or password. No mail has been lost. Enter the password again.',
  'auth-refused_host': '{{host}} refused the user name or password. No mail has been lost. Enter the password again.',
  'auth-refused_nats': '{{host}} refused the token. Nothing was changed. Enter the one that the NATS server asks for.',
  'sign-in-needed':
    'The provider wants you to sign in again. No mail has been lost. Mail that waits to be sent leaves after that.',
  'sign-in-needed_host':
    '{{host}} wants you to sign in again. No mail has been lost. Mail that waits to be sent leaves after that.',
  'sign-in-refused':
    'The provider did not give the access. Nothing was changed. Try again, or ask whoever manages the accounts.',
  'sign-in-refused_host':
    '{{host}} did not give the access. Nothing was changed. Try again, or ask whoever manages the accounts.',
  'oauth-client-missing':
    'The provider does not know this Postern. Nothing was sent. Give the client ID of your organisation in Settings, Mailboxes.',
  'oauth-client-missing_host':
    '{{host}} does not know this Postern. Nothing was sent. Give the client ID of your organisation in Settings, Mailboxes.',
  'certificate-changed':
    'The server shows another certificate than the one that was accepted for it. No password was sent. Ask the server’s administrator whether it was renewed.',
  'certificate-changed_host':
    '{{host}} shows another certificate than the one that was accepted for it. No password was sent. Ask the server’s administrator whether it was renewed.',
  'server-refused': 'The server refused this. Nothing is lost. Try again later, or ask the server’s administrator.',
  'server-refused_host': '{{host}} refused this. Nothing is lost. Try again later, or ask the server’s administrator.',
  'server-refused_nats':
    '{{host}} is a NATS server without JetStream, and the team’s data needs that. Nothing was changed. Ask the server’s administrator to turn it on.',
  'server-broken':
    'The server answered in a way that Postern does not understand. What was here before is kept. Postern tries again by itself.',
  'server-broken_host':
    '{{host}} answered in a way that Postern does not understand. What was here before is kept. Postern tries again by itself.',
  'grant-too-long':
    'Nobody can be granted access for that long. 180 days is the most, and your organisation may allow less.',
  'grant-ended': 'The access that this belongs to has ended. Nothing more can be seen.',
  'time-doubtful':
    'The clock of this computer cannot be trusted at the moment: it was set back or differs from the mail server’s. Nobody is let in until it is right.',
  'host-blocked':
    'Postern did not connect: this host is not one that was expected, or your organisation does not allow it.',
  'host-blocked_host':
    'Postern did not connect to {{host}}: it is not a host that was expected, or your organisation does not allow it. Nothing was sent.',
  'server-busy': 'The server takes no more connections at the moment. Nothing is lost. Postern tries again by itself.',
  'server-busy_host':
    '{{host}} takes no more connections at the moment. Nothing is lost. Postern tries again by itself.',
  'network-intercepted':
    'This network answers in place of your mail server. No password was sent. Sign in to the network in a browser; Postern goes on by itself.',
  'network-intercepted_host':
    'This network answers in place of {{host}}. No password was sent. Sign in to the network in a browser; Postern goes on by itself.',
  'blocked-address': 'This points to an address inside a private network, so Postern did not load it.',
  'recipient-refused': 'The server refused a recipient. The message is kept here and was not sent. Check the address.',
  'sender-refused':
    'The server does not let you send from this address. The message is kept here. Check the mailbox’s settings.',
  'message-refused': 'The server refused the message. It is kept here and was not sent. Change it and try again.',
  'too-many-recipients_limit':
    'These are {{count}} recipients, and one message may have {{limit}}. The message is kept here. Send it in parts.',
  'too-many-recipients':
    'These are more recipients than one message may have. The message is kept here. Send it in parts.',
  'catching-up': 'This answer waits until what colleagues did meanwhile has come in.',
  claimed:
    'A colleague is sending an answer to the same message right now, so yours did not leave. Read theirs, then decide.',
  'sent-uncertain':
    'The connection broke at the last moment, so this may have been sent. Check whether it arrived, then decide.',
  looping:
    'Ten messages went from here to the same address within an hour, so this one was not sent by itself: two machines may be answering each other. Your text is kept. If a person reads it, send it anyway.',
  'came-back':
    'A message of this conversation came back to your own mailbox: the address forwards to you, or to a list. This one was not sent by itself, so that no loop begins. Your text is kept. Check the recipients, then decide.',
  'moved-on':
    'Somebody wrote or answered here after this reply was begun, so it was not sent. Your text is kept. Read what is new, then decide.',
  'rate-limited':
    'The provider allows only so many messages at a time. Nothing is lost; it leaves by itself when there is room.',
  'recipients-later':
    'The server took this for some recipients and put the others off. It is tried again for them alone.',
  'no-recipient': 'There is nobody to send this to. Your text is kept. Add a recipient.',
  'store-failed': 'The local store did not answer. Your mail is safe. Try again, or restart Postern.',
  'store-locked': 'Postern is locked. Your mail is safe. Enter the passphrase.',
  erasing: 'The team’s owner took this computer out, and what it holds is being erased.',
  erased: 'The team’s owner took this computer out, and what it held is erased.',
  'erase-unfinished': 'The team’s owner took this computer out, and not all of what it held could be erased.',
  'lease-ended': 'This computer has not reached the team for too long. Nothing is lost. Connect it to the network.',
  'store-corrupt':
    'The local store is damaged. Mail on the server is safe. Postern can set the damaged store aside and fetch the mail again.',
  'store-newer':
    'A newer version of Postern wrote this store. It was not touched. Install that version or a newer one.',
  'disk-full':
    'The disk is full. Nothing is lost, but nothing new can be kept. Free some space; Postern goes on by itself.',
  'not-writable':
    'Postern may not write there, or the folder is gone. What was there is untouched. Choose another folder.',
  'disk-error': 'The disk reported an error. What was kept before is safe. Check the disk, then try again.',
  'profile-in-use': 'Postern is already open with this profile. Use the window that is there.',
  'no-keychain': 'This system has no keychain that Postern can use. Choose a passphrase to keep the mail encrypted.',
  'keychain-failed': 'The system’s keychain did not open. Your mail is safe. Unlock the keychain and try again.',
  'key-missing':
    'The key to the local store is not in the keychain. The store was not touched. Bring the key back, or start afresh.',
  'wrong-passphrase': 'This passphrase is not the right one. Nothing was changed.',
  'file-not-found': 'The file was not found. Nothing was changed.',
  'file-unreadable':
    'This could not be read: it is a folder, or was moved or changed meanwhile. Nothing was changed. Choose files, or pack a folder into one.',
  'provision-invalid': 'The set-up file could not be used. Nothing was changed. Ask whoever made it.',
  'service-stopped': 'A part of Postern stopped too often and stays off. Your mail is safe. Start it again.',
  'service-restarting': 'A part of Postern is starting again. This takes a moment.',
  'runtime-mismatch': 'A part of Postern was built for another version. Your mail is safe. Install Postern again.',
  internal: 'Something in Postern went wrong. Your mail and drafts are safe. Try again.',
} as const
