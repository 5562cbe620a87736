import type { Span } from '../types.js';
import { bodyCopies } from './body-copies.js';

/** The rows of one page; `stamp` as in `Shape.walk`. */
export interface WalkedPage {
  body: Uint8Array;
  span: Span;
  stamp: Uint8Array | null;
}

/** The text of one page or of several, and where rows lie in it. */
export interface WalkedText {
  body: Uint8Array;
  /** What is laid behind the body: stamps and the map's key, each with zero bytes behind it. */
  extra: Uint8Array;
  /** `stamp`: its place in `extra`; -1: none. */
  parts: readonly { span: Span; stamp: number }[];
  /** Place of the map's key in `extra`. */
  field: number;
  isStamped: boolean;
}

const encoder = new TextEncoder();

/** Zero bytes behind a page and a stamp: the kernel's loads run over their ends. */
const PADDING = 64;

/** The text of one page. */
export function textOf({ body, span, stamp }: WalkedPage): WalkedText {
  const field =
    span.kind === 'map'
      ? encoder.encode(`${JSON.stringify(span.key ?? '_key')}:`)
      : new Uint8Array();
  const at = (stamp?.length ?? 0) + PADDING;
  const extra = new Uint8Array(at + field.length);
  if (stamp !== null) extra.set(stamp);
  extra.set(field, at);
  const isStamped = stamp !== null;
  return { body, extra, parts: [{ span, stamp: isStamped ? 0 : -1 }], field: at, isStamped };
}

/** Joins the rows of pages, with a blank behind each page, and their stamps. */
export function joinedText(pages: readonly WalkedPage[]): WalkedText {
  let bytes = 0;
  let stamps = 0;
  for (const { span, stamp } of pages) {
    bytes += span.end - span.start + 1;
    stamps += stamp === null ? 0 : stamp.length + PADDING;
  }
  const body = new Uint8Array(bytes).fill(BLANK);
  const extra = new Uint8Array(stamps + PADDING);
  let at = 0;
  let stampAt = 0;
  const parts = pages.map(({ body: own, span, stamp }) => {
    const shift = at - span.start;
    bodyCopies.write(body, own.subarray(span.start, span.end), at);
    at += span.end - span.start + 1;
    const part = {
      span: { ...span, start: span.start + shift, end: span.end + shift },
      stamp: stamp === null ? -1 : stampAt,
    };
    if (stamp !== null) {
      extra.set(stamp, stampAt);
      stampAt += stamp.length + PADDING;
    }
    return part;
  });
  return { body, extra, parts, field: stamps, isStamped: stamps > 0 };
}

const BLANK = 0x20;

/**
 * Returns the page and its stamps behind 64 zero bytes, as the kernel had them: what the sources of
 * timestamps count in.
 */
export function withStamps(body: Uint8Array, stamps: Uint8Array): Uint8Array {
  const both = new Uint8Array(body.length + PADDING + stamps.length);
  bodyCopies.write(both, body, 0);
  both.set(stamps, body.length + PADDING);
  return both;
}
