/** Endings of names, without what separates words, whose values are credentials of some kind. */
const ENDINGS =
  /(apikey|accesskey(id)?|secretkey|privatekey|subscriptionkey|functionskey|appkey|authkey|masterkey|encryptionkey|signingkey|sharedkey|consumerkey|token|secret|secrets|password|passwords|passwd|passphrase|pwd|credentials?|signature|authorization|sess(ion)?id|sessionkey|jwt)$/;
/** Names that are short enough to be the end of other words. */
const WORDS: ReadonlySet<string> = new Set(['auth', 'sig', 'cookie', 'cookies', 'sid', 'otp']);
/** Tokens that are positions in a list. */
const POSITIONS = /(page|next|prev|previous|continuation|resumption|cursor|sync|delta|skip)token$/;

/**
 * True for a parameter, header or member whose value is secret by its name: `api_key`,
 * `X-Auth-Token`, `clientSecret`, `password`. The last words of a name count, so `max_tokens`,
 * `token_type` and `key` are no secrets; neither are page tokens.
 */
export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isSecret = looksSecret(name);
  if (knownNames.size === MOST_NAMES) knownNames.clear();
  if (name.length <= LONGEST_KNOWN) knownNames.set(name, isSecret);
  return isSecret;
}

/** The parameters of thousands of requests have a few names. */
const knownNames = new Map<string, boolean>();
const MOST_NAMES = 200;
const LONGEST_KNOWN = 64;

function looksSecret(name: string): boolean {
  const squashed = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (POSITIONS.test(squashed)) return false;
  if (ENDINGS.test(squashed)) return true;
  const last = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .findLast((word) => word !== '');
  return last !== undefined && WORDS.has(last.toLowerCase());
}

/**
 * True for a query parameter or form field that is secret by its name, or that is called `key` and
 * has a value like a credential: Google and others call theirs so.
 */
export function isSecretField(name: string, value: string): boolean {
  return isSecretName(name) || (/^key$/i.test(name) && isCredential(value));
}

/**
 * True where a name leaves no doubt that a value is secret, or the value is like a credential.
 * Sessions and tokens may as well be what an API lists: those of a conference, those that are
 * traded.
 */
export function isCertainlySecret(name: string, value: string): boolean {
  const squashed = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const isDoubtful = DOUBTFUL.test(squashed) && !CREDENTIAL_TOKENS.test(squashed);
  return isSecretField(name, value) && (!isDoubtful || isCredential(value));
}

const DOUBTFUL = /(sess(ion)?id|sid|token)$/;
const CREDENTIAL_TOKENS =
  /(access|auth|oauth|api|app|refresh|id|bearer|private|personal|security|csrf|xsrf|client|user|login|session)token$/;

/** Long, of letters and digits, and no UUID: ids of rows are called `key`, too. */
function isCredential(value: string): boolean {
  return (
    /^(?=.*\d)(?=.*[a-z])[\w.-]{24,}$/i.test(value) && !/^[\da-f]{8}(-[\da-f]{4}){3}-/i.test(value)
  );
}
