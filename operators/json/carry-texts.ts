import type { UserFunction } from '../settings/user-function.js';
import type { CarrySentTexts } from './carry-sent-texts.js';
import { rowFault } from './row-text.js';

/**
 * Gives a row that a function made of another one the texts of the numbers that it took over. What
 * is no row has none. Errors: FunctionError of the function where its row cannot be read.
 */
export function carryTexts(by: UserFunction, carry: CarrySentTexts, made: object): void {
  by.call(
    () => {
      if (rowFault(made) === null) carry(made);
    },
    () => null,
  );
}
