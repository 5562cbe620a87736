import { createSign } from 'node:crypto';

/** Who asks Google: an account of a service, or a user who let a program act for them. */
export type GcsCredentials = { tokenUrl: string } & (
  | { kind: 'service'; clientEmail: string; privateKey: string }
  | { kind: 'user'; clientId: string; clientSecret: string; refreshToken: string }
);

/** What is asked for: reading, writing and deleting objects. */
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';

/**
 * What Google's token service is sent: for an account of a service a JSON Web Token that its key
 * signs (RFC 7523, developers.google.com/identity/protocols/oauth2/service-account). Pure.
 */
export function tokenForm(credentials: GcsCredentials, at: Date): Record<string, string> {
  if (credentials.kind === 'user') {
    const { clientId, clientSecret, refreshToken } = credentials;
    return {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
    };
  }
  const seconds = Math.floor(at.getTime() / 1000);
  const claims = {
    iss: credentials.clientEmail,
    scope: SCOPE,
    aud: credentials.tokenUrl,
    iat: seconds,
    exp: seconds + 3600,
  };
  const text = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256').update(text).sign(credentials.privateKey, 'base64url');
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${text}.${signature}`,
  };
}
