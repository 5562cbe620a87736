import { describe, expect, it } from 'vitest';
import { isSecretField, isSecretName } from '#src/rest/secrets/secret-names.js';

describe('isSecretName', () => {
  it.each([
    'api_key',
    'apikey',
    'X-API-Key',
    'my_api_key',
    'access_token',
    'accessToken',
    'X-Auth-Token',
    'client_secret',
    'password',
    'dbPassword',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'X-Amz-Signature',
    'X-Amz-Credential',
    'sig',
    'jwt',
    'Ocp-Apim-Subscription-Key',
    'PHPSESSID',
  ])('is true for %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    'key',
    'keys',
    'primary_key',
    'sort_key',
    'max_tokens',
    'token_type',
    'page_token',
    'nextPageToken',
    'continuation-token',
    'secretary',
    'author',
    'design',
    'cursor',
    'id',
  ])('is false for %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });
});

describe('isSecretField', () => {
  it('recognises a secret `key` by its value', () => {
    expect(isSecretField('key', 'AIzaSyA1b2C3d4E5f6G7h8I9j0')).toBe(true);
    expect(isSecretField('key', '2000')).toBe(false);
    expect(isSecretField('key', '0b5cd3a4-6a3e-4f0a-9a53-0c7f7f2a1b11')).toBe(false);
  });
});
