import { createHash } from 'node:crypto';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { SentNumber } from '../../../operators/json/sent-number.js';
import { ConfigError } from '../../errors.js';
import type { SaveConfig } from '../http/body/save-body.js';
import { fillText, type LookUp } from './placeholders.js';

/**
 * Gives the path of the file that a response is saved in, and the folder that it stays in, which is
 * what the template has before its first value. Values that come from an API become plain parts of
 * a file's name, so that no response chooses its own place on the disk, and no two values share
 * one. Everything but letters, digits, `_`, `-` and inner dots is percent-encoded, and so is
 * the beginning of a name that Windows keeps for a device; a long value ends in a hash instead.
 */
export function savePath(template: string, lookUp: LookUp, resource: string): SaveConfig {
  const safe: LookUp = (placeholder) => {
    const value = lookUp(placeholder);
    if (
      value === null ||
      value === undefined ||
      (typeof value === 'object' && !(value instanceof SentNumber))
    )
      return value;
    return plainPart(String(value));
  };
  const path = fillText(template, safe, resource);
  const folder = template
    .slice(0, template.indexOf('{') < 0 ? template.length : template.indexOf('{'))
    .replace(/[^/\\]*$/, '');
  const root = resolve(isAbsolute(folder) ? folder : join('.', folder));
  if (!resolve(path).startsWith(root.endsWith(sep) ? root : `${root}${sep}`))
    throw new ConfigError(`Resource ${resource}: saveAs leads out of its folder.`);
  return { path, folder: root };
}

const LONGEST = 200;

/** Names of devices on Windows, whatever their extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

function plainPart(value: string): string {
  const device = DEVICE.test(value);
  // Windows leaves dots at the end of a name out.
  const part = value.replaceAll(device ? /[^\w.-]|^.|\.$/gu : /[^\w.-]|^\.|\.$/gu, (character) =>
    Buffer.from(character).toString('hex').toUpperCase().replaceAll(/../g, '%$&'),
  );
  // The tilde is no character of a part, so that nothing that is short enough can look like this.
  return part.length <= LONGEST
    ? part
    : `${part.slice(0, LONGEST - 33)}~${createHash('sha256').update(value).digest('hex').slice(0, 32)}`;
}
