import {
  above0,
  either,
  type Fields,
  fn,
  map,
  name,
  nothing,
  number,
  record,
  type RecordShape,
  required,
  secret,
  text,
  words,
} from '../../../operators/settings/shape.js';
import type { Json } from '../../../operators/types.js';
import { jsonObject } from '../shape/json-object.js';

/** A bearer token (`bearer`). */
export interface BearerConfig {
  /** @default read from the source's settings by `restSource` (`token`) */
  token?: string;
}

/** A user name and password (`basic`). */
export interface BasicConfig {
  /** Name of the user. @default read from the source's settings by `restSource` (`username`) */
  username?: string;
  /** Empty where there is none. @default read from the source's settings (`password`) */
  password?: string;
}

/** An API key (`apiKey`). */
export interface ApiKeyConfig {
  /** @default read from the source's settings by `restSource` (`api_key`) */
  key?: string;
  /** Of the header, query parameter or cookie. @default 'Authorization' */
  name?: string;
  /** @default 'header' */
  location?: 'header' | 'query' | 'cookie';
}

/** What every OAuth 2 grant has. */
export interface OAuth2Config {
  /**
   * Where tokens are got; may be another host than the API's, and is then sent what is listed here
   * and nothing else.
   * @default read from the source's settings by `restSource` (`access_token_url`)
   */
  accessTokenUrl?: string;
  /** Words separated by spaces. @default not sent */
  scope?: string;
  /** Further fields of the token request, for example `audience`. @default none */
  accessTokenRequestData?: Readonly<Record<string, string>>;
  /**
   * Where client id and secret go: fields of the body, or an `Authorization: Basic` header (RFC
   * 6749 §2.3.1). @default 'body'
   */
  clientAuth?: 'body' | 'basic';
  /** A token to begin with, used until it is refused. @default none */
  accessToken?: string;
  /** Seconds that a token is valid for where the response does not say. @default 3600 */
  defaultTokenExpiration?: number;
  /**
   * Seconds before its end at which a token is renewed; half its lifetime where that is less.
   * @default 60
   */
  marginSeconds?: number;
}

/** A token for the client itself (`oauth2ClientCredentials`; RFC 6749, section 4.4). */
export interface OAuth2ClientCredentialsConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`client_id`) */
  clientId?: string;
  /** @default read from the source's settings by `restSource` (`client_secret`) */
  clientSecret?: string;
}

/** A token for a refresh token (`oauth2RefreshToken`; RFC 6749, section 6). */
export interface OAuth2RefreshTokenConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`refresh_token`) */
  refreshToken?: string;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_id`)
   */
  clientId?: string | null;
  /**
   * Null for a public client. @default read from the source's settings by `restSource`
   * (`client_secret`)
   */
  clientSecret?: string | null;
  /**
   * Called with a new refresh token before it is used, so that it can be kept for the next run: the
   * old one may be spent. @default none
   */
  onRefreshToken?: (refreshToken: string) => void | Promise<void>;
}

/** A token for a user's name and password (`oauth2Password`; RFC 6749, section 4.3). */
export interface OAuth2PasswordConfig extends OAuth2Config {
  /** @default read from the source's settings by `restSource` (`username`) */
  username?: string;
  /** @default read from the source's settings by `restSource` (`password`) */
  password?: string;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_id`)
   */
  clientId?: string | null;
  /**
   * Null where none is needed. @default read from the source's settings by `restSource`
   * (`client_secret`)
   */
  clientSecret?: string | null;
}

/**
 * The request of a login. It needs either `url` or `path`, and has one body at most; everything
 * else is a ConfigError.
 */
export interface LoginConfig {
  /** Address of the login; may be another host than the API's. */
  url?: string;
  /** In place of `url`: behind the client's base URL. */
  path?: string;
  /** @default 'POST' */
  method?: string;
  /**
   * JSON body. Members that are null are read from the source's settings by `restSource`, by their
   * names in snake_case. @default none
   */
  json?: Readonly<Record<string, Json | undefined>>;
  /** Form body, in place of `json`; null as there. @default none */
  data?: Readonly<Record<string, string | null | undefined>>;
  /** Headers of the login. @default those of the client */
  headers?: Readonly<Record<string, string>>;
}

/**
 * A token that a login gives (`sessionToken`): there is one login before the first request, and
 * another one when the token ends or is refused (401). `login` and `tokenPath` are needed;
 * ConfigError for one that is missing.
 */
export interface SessionTokenConfig {
  /**
   * How to log in. It is sent what is listed here, and the client's headers where it is the API's
   * own host.
   */
  login: LoginConfig;
  /** Dotted path to the token in the login's response. */
  tokenPath: string;
  /** Header that carries it. @default 'Authorization' */
  header?: string;
  /** What the header says, with `{token}` in the token's place. @default 'Bearer {token}' */
  template?: string;
  /**
   * Dotted path to the token's end in the login's response: seconds from now, a unix time in
   * seconds or milliseconds, or a date (ISO 8601 or HTTP). @default none: it is used until it is
   * refused (401)
   */
  expiresPath?: string;
  /**
   * Seconds before its end at which there is a new login; half its lifetime where that is less.
   * @default 60
   */
  marginSeconds?: number;
}

/** What each type of authorization takes. Secrets left out are read from the source's settings. */
export interface AuthTypes {
  bearer: BearerConfig;
  /** `apiKey` is another word for `key`, as in dlt. */
  apiKey: ApiKeyConfig & { apiKey?: string };
  httpBasic: BasicConfig;
  oauth2ClientCredentials: OAuth2ClientCredentialsConfig;
  oauth2RefreshToken: OAuth2RefreshTokenConfig;
  oauth2Password: OAuth2PasswordConfig;
  sessionToken: SessionTokenConfig;
}

/** Authorization as data; without a type it is a bearer token, as in dlt. */
export type AuthConfig =
  | ({ type?: 'bearer' } & BearerConfig)
  | { [Type in keyof AuthTypes]: { type: Type } & AuthTypes[Type] }[keyof AuthTypes];

/** Types whose values can all be in the settings. */
export type AuthName = Exclude<keyof AuthTypes, 'sessionToken'>;

const oauth2: Fields<OAuth2Config> = {
  accessTokenUrl: name,
  scope: text,
  accessTokenRequestData: map(text),
  clientAuth: words('body', 'basic'),
  accessToken: text,
  defaultTokenExpiration: above0,
  marginSeconds: number,
};
const client = { clientId: either(text, nothing), clientSecret: either(text, nothing) };

const login = record<LoginConfig>('a login', {
  url: text,
  path: text,
  method: text,
  json: jsonObject,
  data: map(either(text, nothing)),
  headers: map(text),
});

const apiKey: Fields<ApiKeyConfig> = {
  key: text,
  name,
  location: words('header', 'query', 'cookie'),
};

/** What each type of authorization takes as data; all but `apiKey` as options of its function. */
export const authShapes: { readonly [Type in keyof AuthTypes]: RecordShape<AuthTypes[Type]> } = {
  bearer: shapeOf<BearerConfig>('bearer', { token: text }),
  apiKey: shapeOf<AuthTypes['apiKey']>('apiKey', { ...apiKey, apiKey: text }),
  httpBasic: shapeOf<BasicConfig>('httpBasic', { username: text, password: text }),
  oauth2ClientCredentials: shapeOf<OAuth2ClientCredentialsConfig>('oauth2ClientCredentials', {
    ...oauth2,
    clientId: text,
    clientSecret: text,
  }),
  oauth2RefreshToken: shapeOf<OAuth2RefreshTokenConfig>('oauth2RefreshToken', {
    ...oauth2,
    ...client,
    refreshToken: text,
    onRefreshToken: fn,
  }),
  oauth2Password: shapeOf<OAuth2PasswordConfig>('oauth2Password', {
    ...oauth2,
    ...client,
    username: text,
    password: text,
  }),
  sessionToken: shapeOf<SessionTokenConfig>('sessionToken', {
    login: required(login),
    tokenPath: required(name),
    header: name,
    template: text,
    expiresPath: text,
    marginSeconds: number,
  }),
};

/** Options of `apiKey()`. */
export const apiKeyShape: RecordShape<ApiKeyConfig> = shapeOf<ApiKeyConfig>('apiKey', apiKey);

function shapeOf<Config extends object>(type: string, fields: Fields<Config>): RecordShape<Config> {
  return secret(record<Config>(`auth ${type}`, fields));
}
