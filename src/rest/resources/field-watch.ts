import type { Json } from '../../../operators/types.js';
import type { SourceEvent } from '../../run/source.js';
import { missingAt } from '../pages/path-watch.js';
import type { ResolvedResource } from './resolve-resources.js';

/** What the rows of parents had at the fields that resources below them take. */
export interface FieldWatch {
  /**
   * Notes the value of a field in one row; undefined where the row lacks it. `names`: the paths
   * that the row has; called where nothing was there.
   */
  note(parent: string, field: string, value: Json | undefined, names: () => string[]): void;
  /** The paths of a row that lacks the field; none where every row had it. */
  namesBeside(parent: string, field: string): readonly string[];
  /** Reports fields that all or some rows lack. Called when the rows are at their end. */
  report(resources: readonly ResolvedResource[], observe: (event: SourceEvent) => void): void;
}

interface Met {
  /** At least one row has the field, be it null. */
  isThere: boolean;
  /** At least one row has a value that a request can take. */
  isUsable: boolean;
  isLacking: boolean;
  names: readonly string[];
}

export function fieldWatch(): FieldWatch {
  const fields = new Map<string, Met>();
  const keyOf = (parent: string, field: string): string => JSON.stringify([parent, field]);
  return {
    note(parent, field, value, names) {
      const key = keyOf(parent, field);
      let met = fields.get(key);
      if (met === undefined)
        fields.set(key, (met = { isThere: false, isUsable: false, isLacking: false, names: [] }));
      met.isThere ||= value !== undefined;
      met.isUsable ||= (value ?? '') !== '';
      if ((value ?? '') === '' && met.names.length === 0) met.names = names();
      met.isLacking ||= value === undefined;
    },
    namesBeside: (parent, field) => fields.get(keyOf(parent, field))?.names ?? [],
    report(resources, observe) {
      for (const { resource, fields: needed, stamp } of resources) {
        const say = (message: string): void =>
          observe({ kind: 'notice', resource: resource.name, message });
        for (const { parent, field } of needed) {
          const met = fields.get(keyOf(parent, field));
          if (met !== undefined && !met.isUsable)
            say(
              `the requests need {resources.${parent}.${field}}, and ${missingAt(field, met.names)}`,
            );
        }
        for (const { parent, field } of Object.values(stamp)) {
          const met = fields.get(keyOf(parent, field));
          if (met === undefined || !met.isLacking) continue;
          const what = `\`includeFromParent\` takes \`${field}\` from ${parent}, and`;
          say(
            met.isThere
              ? `${what} some of its rows lack it: the rows below them have null there.`
              : `${what} ${missingAt(field, met.names)} All rows have null there.`,
          );
        }
      }
    },
  };
}
