/** Names of parameters whose values are never kept: lower case, letters and digits only. */
const EXACT = new Set([
  'key',
  'sign',
  'sig',
  'token',
  'accesstoken',
  'refreshtoken',
  'authtoken',
  'sessiontoken',
  'authorization',
  'cookie',
  'xbapisign',
  'xbapiapikey',
  'accesskey',
  'accesssign',
  'authsig',
  'authpayload',
  'authnonce',
  'bfxsignature',
  'bfxnonce',
  'listenkey',
  'privatekey',
  'publickey',
  'rsapublickey',
  'pin',
  'otp',
  'totp',
  'verifycode',
  'googlecode',
  'emailcode',
  'smscode',
  // Who the user is and where from: key-information answers carry these.
  'ip',
  'ips',
  'iplist',
  'ipwhitelist',
  'clientip',
  'uid',
  'userid',
  'parentuid',
  'memberid',
  'submemberid',
  'masteruid',
  'masterid',
  'inviterid',
  'affiliateid',
  'channelcode',
  'email',
  'phone',
  'mobile',
  'username',
]);
const PARTS = ['secret', 'passphrase', 'password', 'passwd', 'signature', 'apikey', 'authtoken'];

const known = new Map<string, boolean>();

/** Whether a parameter, JSON field or header of that name is kept out of every log. */
export function isSensitiveName(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const isSensitive = EXACT.has(plain) || PARTS.some((part) => plain.includes(part));
  // Field names are few; a venue that invents endless ones must not fill the memory.
  if (known.size < 2000) known.set(name, isSensitive);
  return isSensitive;
}
