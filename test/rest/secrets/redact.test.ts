import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor, secretsIn, secretsOf } from '#src/rest/secrets/redact.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const none = redactor([]);

describe('redactor', () => {
  it('removes user, password and the values of secret parameters from a URL', () => {
    expect(
      none.url(
        'https://me:pw@h/x?a=1&api_key=k1&API-KEY=k2&access_token=k3&X-Amz-Signature=k4&client_secret=k5&api_key=k6',
      ),
    ).toBe(
      'https://h/x?a=1&api_key=***&API-KEY=***&access_token=***&X-Amz-Signature=***&client_secret=***&api_key=***',
    );
  });

  it.each<[string, (text: string) => unknown, string]>([
    ['backslashes', (text) => none.body(bytes(text)), '\\'.repeat(60_000)],
    ['beginnings of web tokens', (text) => none.text(text), '-eyJ'.repeat(16_000)],
    ['question marks', (text) => none.url(text), `https://h/${'?'.repeat(60_000)}`],
  ])('reads a text of nothing but %s, in time that grows with its length', (_what, read, text) => {
    expect(read(text)).toEqual(text.slice(0, (read(text) as string).length));
  });

  it('leaves page tokens, which are not secrets', () => {
    expect(none.url('https://h/x?page_token=abc&nextToken=def&cursor=ghi&keys=all')).toBe(
      'https://h/x?page_token=abc&nextToken=def&cursor=ghi&keys=all',
    );
  });

  it('finds secrets by their values, as URLs, forms and JSON write them', () => {
    const secret = 'a/b "c" +d';
    const shown = redactor([secret]);
    const spelt = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ x: secret }).toString().slice(2),
      JSON.stringify(secret),
      JSON.stringify(secret).replaceAll('/', '\\/'),
    ];
    for (const each of spelt) expect(shown.text(`<${each}>`)).toMatch(/^<"?\*\*\*"?>$/);
  });

  it.each([
    [
      'percent escapes in lower case',
      (s: string) => encodeURIComponent(s).replaceAll(/%../g, (one) => one.toLowerCase()),
    ],
    [
      'percent escapes of percent escapes',
      (s: string) => encodeURIComponent(encodeURIComponent(s)),
    ],
    ['JSON in JSON', (s: string) => JSON.stringify(JSON.stringify(JSON.stringify(s)))],
    [
      'JSON escapes of all that is not a letter',
      (s: string) => s.replaceAll(/\W/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    [
      'HTML entities by name',
      (s: string) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    ],
    ['HTML entities by number', (s: string) => s.replaceAll(/\W/g, (c) => `&#${c.charCodeAt(0)};`)],
    [
      'HTML entities by hexadecimal number',
      (s: string) =>
        s.replaceAll(/\W/g, (c) => `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`),
    ],
    ['base64', (s: string) => Buffer.from(s).toString('base64')],
    ['base64url', (s: string) => Buffer.from(s).toString('base64url')],
    ['Basic', (s: string) => `Basic ${Buffer.from(`me:${s}`).toString('base64')}`],
    ['Basic of a longer user', (s: string) => Buffer.from(`user@h.x:${s}`).toString('base64')],
  ])('finds a secret in %s', (_what, spell) => {
    for (const secret of ['Ab/cd+12<"&\\x?=é', 'plainSecret1234']) {
      const shown = redactor([secret]).text(`<i>${spell(secret)}</i>`);
      expect(shown).toContain('***');
      expect(shown.replaceAll(/<\/?i>|Basic |\\+"|"/g, '')).toBe('***');
    }
  });

  it('finds a secret in upper, lower and mixed case', () => {
    const shown = redactor(['Ab-cd/12é']);
    for (const spelt of ['AB-CD/12É', 'ab-cd/12é', 'aB-Cd%2F12%C3%A9', String.raw`AB-CD\/12é`])
      expect(shown.text(`<${spelt}>`)).toBe('<***>');
  });

  it('finds a secret whose characters have any mix of spellings', () => {
    const code = (one: string): string => one.charCodeAt(0).toString(16).padStart(2, '0');
    const spellings: readonly ((one: string) => string)[] = [
      (one) => one,
      (one) => one.toUpperCase(),
      (one) => `%${code(one)}`,
      (one) => `%25${code(one).toUpperCase()}`,
      (one) => `\\u00${code(one)}`,
      (one) => `\\\\x${code(one)}`,
      (one) => `&#x${code(one)};`,
      (one) => `&amp;#${one.charCodeAt(0)};`,
    ];
    const secrets = fc.stringMatching(/^[a-zA-Z0-9!$*,./:;<=>?@^_`{|}~-]{4,20}$/);
    const choices = fc.array(fc.nat(spellings.length - 1), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(secrets, choices, (secret, chosen) => {
        const spelt = Array.from(secret, (one, i) => spellings[chosen[i] as number]?.(one)).join(
          '',
        );
        expect(redactor([secret]).text(`(${spelt})`)).toBe('(***)');
      }),
    );
  });

  it.each([
    String.raw`C:\temp\new`,
    String.raw`a\u0041b\x41`,
    'a%41b%',
    '&#65;&amp;x',
    'p+q r%20',
    'ends\\',
  ])('finds a secret that has escapes itself: %s', (secret) => {
    const shown = redactor([secret]);
    for (const spelt of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      expect(shown.text(`<${spelt}>`)).toMatch(/^<\*{3}(\\|%5C)?>$/);
  });

  it('removes secrets from JSON in JSON, and from forms, by their names', () => {
    expect(none.body(bytes(String.raw`{"m":"{\"password\":\"p-1\",\"a\":\"b\"}"}`))).toBe(
      String.raw`{"m":"{\"password\":\"***\",\"a\":\"b\"}"}`,
    );
    expect(none.body(bytes('bad: a=1&client_secret=s-1&key=2'))).toBe(
      'bad: a=1&client_secret=***&key=2',
    );
  });

  it('redacts the secrets of a request in that request alone', () => {
    const client = redactor(['of-client']);
    const request = client.within(['in-path'], () => ['in-body']);
    expect(request.text('of-client in-path in-body')).toBe('*** *** ***');
    expect(request.url('https://h/in-path?x=of-client')).toBe('https://h/***?x=***');
    expect(client.text('of-client in-path in-body')).toBe('*** in-path in-body');
  });

  it('collects the secrets of a request only when a text is redacted', () => {
    const request = redactor([]).within([], () => expect.fail('it is not needed'));
    expect(request.url('https://h/x?key=1')).toBe('https://h/x?key=1');
  });

  it('replaces the longer of two secrets of which one begins the other', () => {
    expect(redactor(['abcd', 'abcdefgh']).text('abcdefgh abcd')).toBe('*** ***');
  });

  it('does not change ordinary text where a secret is very short', () => {
    expect(redactor(['a', '']).text('a banana')).toBe('a banana');
  });

  it('removes secrets from the members of a JSON body, whole or cut', () => {
    expect(
      none.body(
        bytes('{"userCredentials":"k1","name":"n","access_token" : "k\\"2","page_token":"p"}'),
      ),
    ).toBe('{"userCredentials":"***","name":"n","access_token" : "***","page_token":"p"}');
    expect(none.body(bytes('{"password":"half of i'))).not.toContain('half');
  });

  it('recognises JSON web tokens anywhere', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';
    expect(none.body(bytes(`see https://embed/${token}?x`))).toBe('see https://embed/***?x');
  });

  it('shows at most 2,048 characters of a body, and no part of a secret that lies across the cut', () => {
    const secret = 'S'.repeat(100);
    const shown = redactor([secret]).body(bytes('x'.repeat(2_000) + secret + 'y'.repeat(100_000)));
    expect(shown.length).toBe(2_048);
    expect(shown).not.toContain('S');
  });

  it.each<[string, (text: string) => string]>([
    ['plain', (text) => text],
    ['percent-encoded', encodeURIComponent],
    ['in JSON', (text) => JSON.stringify(text).slice(1, -1)],
    ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3)],
  ])('shows no beginning of a secret that a message cuts: %s', (_how, spell) => {
    const secret = 'tok/"é&9+\\x-and-more&wor';
    const shown = redactor([secret]);
    const spelt = spell(secret);
    for (let length = 8; length <= spelt.length; length += 1) {
      const text = shown.text(`the link is \`/x?k=${spelt.slice(0, length)}…\`.`);
      expect(text.slice('the link is `/x?k='.length).length).toBeLessThan(24);
    }
  });

  it('redacts secrets that are added later, and the first ones still', () => {
    const shown = redactor(['first-12345']);
    expect(shown.text('first-12345 later-12345')).toBe('*** later-12345');
    shown.know(['later-12345']);
    expect(shown.text('first-12345 later-12345')).toBe('*** ***');
  });

  it('redacts the causes of an error, those whose messages are fixed among them', () => {
    const cause = new DOMException('refused tok-12345', 'NetworkError');
    const error = redactor(['tok-12345']).error(new Error('it failed', { cause }));
    expect(error.cause).toBe(cause);
    expect(`${cause.message} ${cause.stack}`).not.toContain('tok-12345');
  });

  it('redacts message and stack of an error', () => {
    const error = redactor(['tok-12345']).error(new Error('refused tok-12345'));
    expect(`${error.message} ${error.stack}`).not.toContain('tok-12345');
  });
});

describe('secretsIn', () => {
  it('removes secrets from all that an error prints, and leaves objects of others as they are', () => {
    const known = redactor(['s3cret-value']);
    const config = { url: new URL('http://a/?k=s3cret-value'), list: ['s3cret-value', 1], n: 1 };
    const own = { kept: true };
    const frozen = Object.freeze(new Error('frozen s3cret-value'));
    const circle: Error & { self?: unknown } = new Error('s3cret-value');
    circle.self = circle;
    circle.cause = { errors: [new AggregateError([frozen], 's3cret-value')] };
    const error = known.error(
      Object.assign(new Error('x', { cause: 's3cret-value' }), { config, own, circle }),
    );
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain('s3cret-value');
    expect(config.list).toEqual(['s3cret-value', 1]);
    expect(error.own).toBe(own);
    expect(error.config).toEqual({ url: 'http://a/?k=***', list: ['***', 1], n: 1 });
    expect(known.error(frozen)).toBeInstanceOf(Error);
    // One object in two places, and in itself.
    const row: { key: string; self?: unknown } = { key: 's3cret-value' };
    row.self = row;
    const twice = known.error(Object.assign(new Error('x', { cause: { row } }), { row }));
    expect(inspect(twice, { depth: 12, showHidden: true })).not.toContain('s3cret-value');
    expect(row.key).toBe('s3cret-value');
  });

  it.each<[string, unknown]>([
    [
      'an object of a class',
      new (class Config {
        header = 's3cret-value';
      })(),
    ],
    ['a map', new Map([['s3cret-value', 1]])],
    ['a set', new Set(['s3cret-value'])],
    ['bytes', Buffer.from('s3cret-value')],
    ['headers', new Headers({ authorization: 's3cret-value' })],
    ['parameters', new URLSearchParams({ t: 's3cret-value' })],
    ['a function', Object.assign(() => 1, { token: 's3cret-value' })],
    ['names', { 's3cret-value': 1 }],
    ['symbols', { [Symbol('key')]: 's3cret-value' }],
  ])('removes secrets from members that are or hold %s', (_what, member) => {
    const known = redactor(['s3cret-value']);
    const before = inspect(member);
    const error = known.error(
      Object.assign(new Error('x', { cause: { member } }), { member, 's3cret-value': 1 }),
    );
    const shown = inspect(error, { depth: 12 });
    expect(known.text(shown)).toBe(shown);
    expect(inspect(member)).toBe(before);
    const harmless = Object.assign(new Error('x'), { member });
    expect(redactor(['other-value']).error(harmless).member).toBe(member);
  });

  it('looks for the first secrets and the latest of those that were learned, however many', () => {
    const known = redactor(['first-secret']);
    for (let i = 0; i < 1_000; i += 1) known.know([`token-${i}-of-many`]);
    expect(known.text('first-secret token-0-of-many token-999-of-many')).toBe(
      '*** token-0-of-many ***',
    );
  });

  it('finds headers with secret names', () => {
    expect(
      secretsIn({ Authorization: 'Scheme abc', 'X-API-Key': 'k1', Accept: 'application/json' }),
    ).toEqual(['Scheme abc', 'abc', 'k1']);
  });
});

describe('secretsOf', () => {
  const url = new URL('https://h/x?api_key=in-query&page=2');

  it.each<[string, string | Uint8Array, string[]]>([
    [
      'members of JSON at any depth',
      '{"a":[{"password":"k1"}],"page_token":"p","variables":{"credentials":{"user":"k2","n":[3,"k3"]}}}',
      ['k1', 'k2', '3', 'k3'],
    ],
    ['bytes', Buffer.from('{"client_secret":"k1"}'), ['k1']],
    ['fields of a form', 'grant=x&api_key=a%2Fb+c&max=4', ['a/b c']],
    ['numbers, with all digits', '{"pin_token":12345678901234567890}', ['12345678901234567890']],
    ['no limits', '{"max_tokens":4096}', []],
    ['nothing in other text', 'SELECT 1', []],
  ])('finds them in the query and the body: %s', (_what, body, secrets) => {
    expect(secretsOf({ url, body })).toEqual(['in-query', ...secrets]);
  });
});
