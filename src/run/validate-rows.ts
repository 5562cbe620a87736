import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { SchemaError } from '../../operators/errors.js';
import { rowObjects } from '../../operators/json/row-objects.js';
import { markPlace } from '../../operators/settings/error-place.js';
import { placeOfPage } from '../../operators/settings/page-place.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { Rows } from '../../operators/types.js';
import type { RowValidator } from './row-validator.js';

/**
 * Passes on rows as they are, each of which a validator takes.
 *
 * Errors: SchemaError with resource, page and row for the first that it does not take;
 * FunctionError where the schema throws.
 */
export function validateRows(validate: RowValidator): MonoTypeOperatorFunction<Rows> {
  return tap((rows) => {
    const { resource, index } = rows.page;
    for (const [i, row] of rowObjects(rows).entries()) {
      const place = { name: 'validate', resource, page: index, row: i };
      const fault = userFunction(place).call(
        () => validate(row),
        () => null,
      );
      if (fault !== null)
        throw markPlace(
          new SchemaError(
            `Resource ${resource}, page ${index + 1}, row ${i + 1} does not match the schema in \`columns\`: ${sentence(fault)} Correct the schema, or leave out \`validate\`.`,
          ),
          { ...placeOfPage(rows.page), row: i },
        );
    }
  });
}

function sentence(text: string): string {
  return `${text.slice(0, 500).replace(/\.$/, '')}.`;
}
