import type { Json } from '../../../operators/types.js';
import type { SourceEvent } from '../../run/source.js';
import { missingAt } from '../pages/path-watch.js';
import type { ResolvedResource } from './resolve-resources.js';

/** What the rows of parents have at the fields that resources below them need. */
export interface FieldWatch {
  /**
   * Notes the value of a field in one row; undefined where the row lacks it. `names`: the paths
   * that the row has; called where nothing was there.
   */
  note(parent: string, field: string, value: Json | undefined, names: () => string[]): void;
  /** The paths of a row that lacks the field; none where every row had it. */
  namesBeside(parent: string, field: string): readonly string[];
  /** Reports fields that all or some rows lack. Called after the last row. */
  report(resources: readonly ResolvedResource[], observe: (event: SourceEvent) => void): void;
}

interface SeenField {
  /** At least one row has the field, be it null. */
  isThere: boolean;
  /** At least one row has a value that a request can take. */
  isUsable: boolean;
  isLacking: boolean;
  names: readonly string[];
}

export function fieldWatch(): FieldWatch {
  const fields = new Map<string, SeenField>();
  const keyOf = (parent: string, field: string): string => JSON.stringify([parent, field]);
  return {
    note(parent, field, value, names) {
      const key = keyOf(parent, field);
      let seen = fields.get(key);
      if (seen === undefined)
        fields.set(key, (seen = { isThere: false, isUsable: false, isLacking: false, names: [] }));
      seen.isThere ||= value !== undefined;
      seen.isUsable ||= (value ?? '') !== '';
      if ((value ?? '') === '' && seen.names.length === 0) seen.names = names();
      seen.isLacking ||= value === undefined;
    },
    namesBeside: (parent, field) => fields.get(keyOf(parent, field))?.names ?? [],
    report(resources, observe) {
      for (const { resource, fields: needed, parentFields } of resources) {
        const report = (message: string): void =>
          observe({ kind: 'notice', resource: resource.name, message });
        for (const { parent, field } of needed) {
          const seen = fields.get(keyOf(parent, field));
          if (seen !== undefined && !seen.isUsable)
            report(
              `the requests need {resources.${parent}.${field}}, and ${missingAt(field, seen.names)}`,
            );
        }
        for (const { parent, field } of Object.values(parentFields)) {
          const seen = fields.get(keyOf(parent, field));
          if (seen === undefined || !seen.isLacking) continue;
          const what = `\`includeFromParent\` takes \`${field}\` from ${parent}, and`;
          report(
            seen.isThere
              ? `${what} some of its rows lack it: the rows below them have null there.`
              : `${what} ${missingAt(field, seen.names)} All rows have null there.`,
          );
        }
      }
    },
  };
}
