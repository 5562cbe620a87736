import { withKernel } from '../columns/kernel.js';
import type { Limits } from '../columns/limits.js';
import type { Span } from '../types.js';

/**
 * Returns a map of rows in which no key comes twice: where one does, the last member counts (as in
 * JSON.parse), and a body is made that has no other. A map that is broken comes back as it is, for
 * the walk to refuse.
 */
export function lastMembers(
  body: Uint8Array,
  span: Span,
  limits: Limits,
): { body: Uint8Array; span: Span } {
  const members = withKernel(body, limits, (kernel) => {
    const { call } = kernel;
    const found = new Map<string, Uint8Array>();
    kernel.put(body, limits);
    for (
      let p = call.blanks(kernel.page + span.start + 1), count = 1;
      ;
      p = call.blanks(p + 1), count += 1
    ) {
      const from = p - kernel.page;
      const afterKey = call.skipJson(p, 1);
      if (kernel.u8[p] !== 0x22 || afterKey === 0) return null;
      const key = JSON.parse(kernel.text(call.scratchText(), call.scratchLength())) as string;
      const colon = call.blanks(afterKey);
      p = call.skipJson(call.blanks(colon + 1), 1);
      if (kernel.u8[colon] !== 0x3a || p === 0) return null;
      found.set(key, body.subarray(from, p - kernel.page));
      p = call.blanks(p);
      if (kernel.u8[p] === 0x7d) return found.size < count ? [...found.values()] : null;
      if (kernel.u8[p] !== 0x2c) return null;
    }
  });
  return members === null ? { body, span } : joined(members, span);
}

function joined(members: readonly Uint8Array[], span: Span): { body: Uint8Array; span: Span } {
  const body = new Uint8Array(members.reduce((sum, { length }) => sum + length + 1, 1));
  let at = 0;
  for (const member of members) {
    body[at] = at === 0 ? 0x7b : 0x2c;
    body.set(member, at + 1);
    at += member.length + 1;
  }
  body[at] = 0x7d;
  return { body, span: { ...span, start: 0, end: body.length, count: members.length } };
}
