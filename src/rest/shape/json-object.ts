import { printJson } from '../../../operators/json/print-json.js';
import { anything, checked, map, type Shape } from '../../../operators/settings/shape.js';
import { ConfigError } from '../../errors.js';

/** An object of values that JSON can hold, such as the body of a request. */
export const jsonObject: Shape<Readonly<Record<string, unknown>>> = checked(map(anything), check);

function check(value: object): void {
  try {
    printJson(value);
  } catch (error) {
    throw new ConfigError(`in it, ${lowered((error as Error).message)}`, { cause: error });
  }
}

function lowered(message: string): string {
  return message.replace(/^A value/, 'a value');
}
