import { createHash } from 'node:crypto';
import type { Reply, Routes, SandboxRequest } from '../definition.js';
import { fieldsOf, type Row } from '../rows.js';
import { type CoassembleData, courseAt } from './data.js';
import { badRequest, failure, notFound, PREFIX } from './replies.js';
import { SCORM_FORBIDDEN, SCORM_LARGE, scormPackage } from './scorm.js';

/** Where packages are kept when they are not sent directly; needs no credentials. */
export const STORAGE = '/storage';
const USUAL = { type: 'dynamic', version: '1.2' };

/** Returns the routes that do not respond with JSON: signed addresses and packages. */
export function fileRoutes(data: CoassembleData): Routes {
  return {
    [`POST ${PREFIX}/course/url`]: (request) => courseUrl(data, request),
    [`GET ${PREFIX}/course/scorm/{id}`]: ({ params, query, quirks, headers }) => {
      const type = query.get('type') ?? USUAL.type;
      const version = query.get('version') ?? USUAL.version;
      if (!['dynamic', 'static'].includes(type) || !['1.2', '2004'].includes(version))
        return badRequest('Invalid type or version.');
      const id = Number(params['id']);
      if (!data.courses.some((course) => course['id'] === id)) return notFound('Course');
      if (id === SCORM_FORBIDDEN)
        return failure(403, 'FORBIDDEN', 'Your plan does not include SCORM.');
      if (quirks.has('scormRedirect'))
        return redirect(
          `${headers.host?.replace('127.0.0.1', 'localhost')}${STORAGE}/${type}/${version}/${id}.zip`,
        );
      return packageReply(id, { type, version });
    },
    [`GET ${STORAGE}/{type}/{version}/{id}.zip`]: ({ params }) =>
      packageReply(Number(params['id']), { ...USUAL, ...params }),
  };
}

/** Returns a manifest of all packages that a workspace may fetch. */
export function scormManifest(courses: readonly Row[]): Row[] {
  return courses
    .filter(({ id }) => id !== SCORM_FORBIDDEN)
    .map(({ id }) => {
      const body = scormPackage(Number(id), USUAL);
      return {
        course_id: id,
        bytes: body.length,
        sha256: createHash('sha256').update(body).digest('hex'),
      };
    });
}

/** To edit without a course makes one: a draft. */
function courseUrl(data: CoassembleData, { body, quirks }: SandboxRequest): Reply {
  const { action, id, identifier = null, clientIdentifier = null, options = {} } = fieldsOf(body);
  if (action !== 'view' && action !== 'edit') return badRequest('action must be view or edit.');
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    return badRequest('options must be an object.');
  if (id === undefined && action === 'view') return badRequest('The id parameter is required.');
  const course =
    id === undefined
      ? draft(data, { identifier, clientIdentifier })
      : data.courses.find((row) => row['id'] === Number(id));
  if (course === undefined) return notFound('Course');
  const url = `https://headless.example.test/${action}/${token({ course: course['id'], identifier, clientIdentifier })}`;
  if (quirks.has('urlInJson')) return { status: 200, json: { url } };
  return { status: 200, text: url, headers: { 'content-type': 'application/octet-stream' } };
}

function draft(data: CoassembleData, owner: Row): Row {
  const last = data.courses.at(-1)?.['id'] ?? 47_999;
  const made = {
    ...courseAt(Number(last) - 47_999),
    ...owner,
    title: 'Untitled course',
    published: null,
    deleted: null,
  };
  data.courses.push(made);
  return made;
}

/** Three parts like a JSON Web Token's; it opens nothing. */
function token(claims: Row): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHash('sha256').update(signed).digest('base64url')}`;
}

function packageReply(id: number, config: { type: string; version: string }): Reply {
  return {
    status: 200,
    body: scormPackage(id, config),
    chunked: id === SCORM_LARGE,
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="course-${id}.zip"`,
    },
  };
}

/** To another host's name: a client must leave its credentials behind. */
function redirect(address: string): Reply {
  return { status: 302, headers: { location: `http://${address}` } };
}
