import { checked, name, type Shape } from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';

/** What is asked of the address of a service. */
export const endpointShape: Shape<string> = checked(name, (address: string) => {
  if (!/^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : ''))
    throw new ConfigError('`endpoint` is an address that begins with http:// or https://.');
});
