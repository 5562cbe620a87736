import { isObject } from '../../operators/json/is-object.js';
import type { Shape } from '../../operators/settings/shape.js';

/** What `schema` takes. */
export const schemaDocumentShape: Shape<object> = {
  kind: 'value',
  label: 'a schema document of dlt, such as `await readSchema("shop.schema.yaml")`',
  is: (value) => isObject(value) && isObject(value['tables']),
};
