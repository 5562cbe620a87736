import { isAbsolute, join, resolve, sep } from 'node:path';
import { ConfigError } from '../../errors.js';
import { fillText, type LookUp } from './placeholders.js';

/**
 * Where an answer is saved. Values that come from an API become plain parts of a file's name: what could lead elsewhere (slashes,
 * drive letters, control characters, a leading dot) is replaced by `_`, so that no answer names its own place on the disk.
 */
export function savePath(template: string, lookUp: LookUp, resource: string): string {
  const safe: LookUp = (placeholder) => {
    const value = lookUp(placeholder);
    if (value === null || value === undefined || typeof value === 'object') return value;
    return String(value).replaceAll(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, '_').replace(/^\.+/, '_').slice(0, 200);
  };
  const path = fillText(template, safe, resource);
  const folder = template.slice(0, template.indexOf('{') < 0 ? template.length : template.indexOf('{')).replace(/[^/\\]*$/, '');
  const root = resolve(isAbsolute(folder) ? folder : join('.', folder));
  if (!resolve(path).startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) throw new ConfigError(`Resource ${resource}: saveAs leads out of its folder.`);
  return path;
}
