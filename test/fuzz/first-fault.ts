/**
 * Where a document stops being JSON: at a byte, or, where it is the beginning of one, at its end:
 * `Infinity`. Undefined where it is JSON.
 */
export function firstFault(bytes: Uint8Array): number | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  let at = 0;
  const fail = (): never => {
    throw at >= text.length ? Infinity : at;
  };
  const take = (pattern: RegExp): void => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) fail();
    else at += found[0].length;
  };
  const blank = (): void => take(/[ \n\t\r]*/y);
  const expect = (word: string): void => {
    for (const character of word)
      if (text[at] === character) at += 1;
      else fail();
  };
  const digits = (): void => take(/\d+/y);
  const number = (): void => {
    take(/-?/y);
    if (text[at] === '0') at += 1;
    else digits();
    if (text[at] === '.') {
      at += 1;
      digits();
    }
    if (text[at] === 'e' || text[at] === 'E') {
      at += 1;
      take(/[+-]?/y);
      digits();
    }
  };
  const string = (): void => {
    expect('"');
    for (;;) {
      take(/[^"\\\x00-\x1f]*/y);
      if (text[at] === '"') break;
      if (text[at] !== '\\') fail();
      at += 1;
      if (text[at] === 'u') {
        at += 1;
        for (let i = 0; i < 4; i += 1) take(/[\da-fA-F]/y);
      } else take(/["\\/bfnrt]/y);
    }
    at += 1;
  };
  const list = (end: string, item: () => void): void => {
    at += 1;
    blank();
    if (text[at] === end) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      blank();
      if (text[at] === end) break;
      expect(',');
      blank();
    }
    at += 1;
  };
  const value = (): void => {
    const first = text[at];
    if (first === '{')
      list('}', () => {
        string();
        blank();
        expect(':');
        blank();
        value();
      });
    else if (first === '[') list(']', value);
    else if (first === '"') string();
    else if (first === 't') expect('true');
    else if (first === 'f') expect('false');
    else if (first === 'n') expect('null');
    else if (first === '-' || /\d/.test(first ?? '')) number();
    else fail();
  };
  try {
    blank();
    value();
    blank();
    if (at < text.length) fail();
    return undefined;
  } catch (fault) {
    return fault as number;
  }
}
